using Routing.Policy.Rules;

namespace Routing.Policy.Render.Iptables;

/// <summary>Ranges of ICMP's types and codes as iptables matches them: a type with all its codes, or one code, at a
/// time.</summary>
internal static class IcmpMatch
{
    private const byte IcmpV6 = 58, LastType = 255;

    /// <summary>The matches of which one must hold.</summary>
    /// <param name="protocol">ICMP or ICMPv6.</param>
    /// <param name="low">First type and code, as one number.</param>
    /// <param name="high">The last, inclusive.</param>
    /// <param name="family">Whose packets: the other family's ICMP never comes.</param>
    /// <param name="lastType">The match of ICMP's type 255.</param>
    public static IEnumerable<string> Of(byte protocol, ushort low, ushort high, IpFamily family, string lastType)
    {
        if (family != (protocol == IcmpV6 ? IpFamily.V6 : IpFamily.V4))
        {
            yield break;
        }

        var option = protocol == IcmpV6 ? " -m icmp6 --icmpv6-type " : " -m icmp --icmp-type ";
        for (var type = low >> 8; type <= high >> 8; type++)
        {
            if (protocol != IcmpV6 && type == LastType)
            {
                yield return lastType; // with all its codes, since nobody names one of them
                continue;
            }

            var first = Math.Max(low - (type << 8), 0);
            var last = Math.Min(high - (type << 8), byte.MaxValue);
            if (first == 0 && last == byte.MaxValue)
            {
                yield return $"{option}{type}";
                continue;
            }

            for (var code = first; code <= last; code++)
            {
                yield return $"{option}{type}/{code}";
            }
        }
    }
}
