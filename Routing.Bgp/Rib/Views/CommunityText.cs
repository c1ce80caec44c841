using System.Buffers.Binary;
using System.Globalization;
using Routing.Bgp.Wire.Iana;
using Routing.Bgp.Wire.Nlri;

namespace Routing.Bgp.Rib.Views;

/// <summary>Communities as operators write them.</summary>
internal static class CommunityText
{
    /// <summary>"65000:100"; well-known ones by their IANA name (RFC 1997).</summary>
    public static string Standard(ReadOnlySpan<byte> octets)
    {
        var community = BinaryPrimitives.ReadUInt32BigEndian(octets);
        return community switch
        {
            0xFFFF0000 => "graceful-shutdown", // RFC 8326
            0xFFFF0006 => "llgr-stale", // RFC 9494
            0xFFFF0007 => "no-llgr",
            0xFFFF029A => "blackhole", // RFC 7999
            0xFFFFFF01 => "no-export",
            0xFFFFFF02 => "no-advertise",
            0xFFFFFF03 => "no-export-subconfed",
            0xFFFFFF04 => "no-peer", // RFC 3765
            _ => Join(community >> 16, community & 0xFFFF),
        };
    }

    /// <summary>"65000:1:2" (RFC 8092 §5).</summary>
    public static string Large(ReadOnlySpan<byte> octets) => string.Create(
        CultureInfo.InvariantCulture,
        $"{BinaryPrimitives.ReadUInt32BigEndian(octets)}:{BinaryPrimitives.ReadUInt32BigEndian(octets[4..])}:"
        + $"{BinaryPrimitives.ReadUInt32BigEndian(octets[8..])}");

    /// <summary>"rt:65000:100", "soo:10.0.0.1:5" (RFC 4360 §4, §5); hexadecimal where no name is known.</summary>
    public static string Extended(ReadOnlySpan<byte> octets)
    {
        var value = BinaryPrimitives.ReadUInt64BigEndian(octets);
        var name = octets[1] switch { 0x02 => "rt", 0x03 => "soo", _ => null };
        return (octets[0], name) switch
        {
            (0x00, not null) => $"{name}:{Join((uint)(value >> 32) & 0xFFFF, (uint)value)}",
            (0x01, not null) => string.Create(
                CultureInfo.InvariantCulture,
                $"{name}:{Prefix.ToAddress(AfiSafi.IPv4Unicast, (uint)(value >> 16))}:{value & 0xFFFF}"),
            (0x02, not null) => $"{name}:{Join((uint)(value >> 16), (uint)value & 0xFFFF)}",
            _ => string.Create(CultureInfo.InvariantCulture, $"0x{value:X16}"),
        };
    }

    private static string Join(uint first, uint second) =>
        string.Create(CultureInfo.InvariantCulture, $"{first}:{second}");
}
