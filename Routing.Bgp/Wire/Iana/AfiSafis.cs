namespace Routing.Bgp.Wire.Iana;

/// <summary>The two numbers inside an <see cref="AfiSafi"/>.</summary>
internal static class AfiSafis
{
    /// <summary>The value of an AFI and a SAFI as they come off the wire; it may be a family this speaker does not
    /// know.</summary>
    public static AfiSafi Create(ushort afi, byte safi) => (AfiSafi)((afi << 16) | safi);

    /// <summary>Address Family Identifier.</summary>
    public static ushort Afi(this AfiSafi family) => (ushort)((int)family >> 16);

    /// <summary>Subsequent Address Family Identifier.</summary>
    public static byte Safi(this AfiSafi family) => (byte)family;

    /// <summary>True for the families this speaker carries routes of.</summary>
    public static bool IsKnown(this AfiSafi family) => family is AfiSafi.IPv4Unicast or AfiSafi.IPv6Unicast;

    /// <summary>Octets in an address of a family this speaker knows.</summary>
    public static int AddressOctets(this AfiSafi family) => family == AfiSafi.IPv4Unicast ? 4 : 16;
}
