namespace Routing.Bgp.Wire.Iana;

/// <summary>IANA "Message Header Error subcodes" (RFC 4271 §6.1).</summary>
internal enum HeaderErrorSubcode : byte
{
    ConnectionNotSynchronized = 1,
    BadMessageLength = 2,
    BadMessageType = 3,
}
