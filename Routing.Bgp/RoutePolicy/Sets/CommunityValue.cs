using System.Globalization;

namespace Routing.Bgp.RoutePolicy.Sets;

/// <summary>One community of any kind.</summary>
/// <param name="Kind">Its kind.</param>
/// <param name="Value">Its octets as a number, the first octet most significant.</param>
public readonly record struct CommunityValue(CommunityKind Kind, UInt128 Value)
{
    /// <summary>What <see cref="TryParse"/> reads, for messages.</summary>
    public const string Allowed = "65000:100, 65000:1:2 (large), rt:65000:100 or soo:65000:100 (extended), 0x and 16 digits "
        + "(extended), or a well-known name such as no-export";

    /// <summary>Reads a community as operators write it.</summary>
    public static bool TryParse(string text, out CommunityValue community)
    {
        if (CommunityPattern.TryParse(text, out var pattern, out _) && pattern.Single is { } single)
        {
            community = single;
            return true;
        }

        community = default;
        return false;
    }

    /// <inheritdoc/>
    public override string ToString() => Kind switch
    {
        CommunityKind.Standard => WellKnownCommunities.NameOf((uint)Value) ?? Join(Value >> 16, Value & 0xFFFF),
        CommunityKind.Large => $"{(uint)(Value >> 64)}:{Join((uint)(Value >> 32), (uint)Value)}",
        _ => ExtendedText((ulong)Value),
    };

    private static string ExtendedText(ulong value)
    {
        var name = ExtendedCommunities.NameOf((byte)(value >> 48));
        return (value >> 56, name) switch
        {
            (0x00, not null) => $"{name}:{Join((value >> 32) & 0xFFFF, (uint)value)}",
            (0x01, not null) => $"{name}:{Address((uint)(value >> 16))}:{value & 0xFFFF}",
            (0x02, not null) => $"{name}:{Join((uint)(value >> 16), value & 0xFFFF)}",
            _ => $"0x{value:X16}",
        };
    }

    private static string Join(UInt128 first, UInt128 second) =>
        string.Create(CultureInfo.InvariantCulture, $"{first}:{second}");

    private static string Address(uint address) =>
        Wire.Nlri.Prefix.ToAddress(Wire.Iana.AfiSafi.IPv4Unicast, address).ToString();
}
