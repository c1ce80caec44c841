using Routing.Bgp.Wire.Iana;

namespace Routing.Bgp.Wire.Messages;

/// <summary>ROUTE-REFRESH (RFC 2918 §3): a wish for all routes of a family again.</summary>
/// <param name="Family">May be one this speaker does not know; the message is then ignored (§4).</param>
internal readonly record struct RouteRefreshMessage(AfiSafi Family)
{
    /// <summary>Reads the body; the reserved octet is ignored.</summary>
    /// <param name="body">Four octets, as <see cref="MessageFramer"/> has checked.</param>
    public static RouteRefreshMessage Decode(ReadOnlySpan<byte> body) =>
        new(AfiSafis.Create((ushort)((body[0] << 8) | body[1]), body[3]));

    /// <summary>Writes the whole message.</summary>
    public void Encode(ref WireWriter writer)
    {
        var start = MessageHeader.Begin(ref writer, MessageType.RouteRefresh);
        writer.WriteUInt16(Family.Afi());
        writer.WriteByte(0); // reserved
        writer.WriteByte(Family.Safi());
        MessageHeader.End(ref writer, start);
    }
}
