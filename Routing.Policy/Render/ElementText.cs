using Routing.Policy.Model;
using Routing.Policy.Rules;

namespace Routing.Policy.Render;

/// <summary>Addresses, ports and protocols as both firewalls write them.</summary>
internal static class ElementText
{
    /// <summary>Elements in an order that people can follow and that does not depend on hashing.</summary>
    public static IEnumerable<SetElement> Sorted(MatchSet set) =>
        set.Elements
            .OrderBy(element => element.Interface, StringComparer.Ordinal)
            .ThenBy(element => element.AddressLow)
            .ThenBy(element => element.Protocol)
            .ThenBy(element => element.PortLow);

    /// <summary>One address, a block where the range is one, else first-last.</summary>
    public static string Addresses(IpFamily family, SetElement element)
    {
        var low = new Address(family, element.AddressLow);
        if (element.AddressLow == element.AddressHigh)
        {
            return low.ToString();
        }

        return PrefixLength(family, element.AddressLow, element.AddressHigh) is { } length
            ? $"{low}/{length}"
            : $"{low}-{new Address(family, element.AddressHigh)}";
    }

    /// <summary>The protocol's name, its number when it has none here.</summary>
    public static string Protocol(byte number) =>
        Enum.IsDefined((TransportProtocol)number)
            ? ((TransportProtocol)number).ToString().ToLowerInvariant()
            : $"{number}";

    /// <summary>The length of the block that a range is; null when it is none.</summary>
    public static int? PrefixLength(IpFamily family, UInt128 low, UInt128 high)
    {
        var hostMask = low ^ high;
        var hostBits = (int)UInt128.PopCount(hostMask);
        var lowBits = hostBits == 128 ? UInt128.MaxValue : (UInt128.One << hostBits) - 1;
        var isBlock = hostMask == lowBits && (low & hostMask) == 0;
        return isBlock ? (family == IpFamily.V4 ? 32 : 128) - hostBits : null;
    }
}
