using Routing.Bgp.Wire.Iana;

namespace Routing.Bgp.Wire.Messages;

/// <summary>KEEPALIVE (RFC 4271 §4.4): a header and nothing else.</summary>
internal static class KeepaliveMessage
{
    /// <summary>Writes the whole message.</summary>
    public static void Encode(ref WireWriter writer) =>
        MessageHeader.End(ref writer, MessageHeader.Begin(ref writer, MessageType.Keepalive));
}
