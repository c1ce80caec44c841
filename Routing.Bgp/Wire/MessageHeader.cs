using Routing.Bgp.Wire.Iana;

namespace Routing.Bgp.Wire;

/// <summary>The fixed header of every message (RFC 4271 §4.1): a marker of 16 octets of ones, a length that counts the
/// header too, a type.</summary>
internal static class MessageHeader
{
    /// <summary>Octets of the header, and the length of the shortest message (KEEPALIVE).</summary>
    public const int Length = 19;

    /// <summary>Octets of the longest message, and of the longest OPEN and KEEPALIVE in any case (RFC 8654 §4).</summary>
    public const int MaxMessageLength = 4096;

    /// <summary>Octets of the longest message towards a speaker that takes extended ones (RFC 8654 §4).</summary>
    public const int MaxExtendedLength = ushort.MaxValue;

    /// <summary>Octets of the marker.</summary>
    public const int MarkerLength = 16;

    /// <summary>Starts a message.</summary>
    /// <returns>Where it starts, for <see cref="End"/>.</returns>
    public static int Begin(ref WireWriter writer, MessageType type)
    {
        var start = writer.Position;
        writer.WriteOctets(Marker);
        writer.ReserveUInt16();
        writer.WriteByte((byte)type);
        return start;
    }

    /// <summary>Fills in the length of the message that starts at <paramref name="start"/> and ends here.</summary>
    public static void End(ref WireWriter writer, int start) =>
        writer.PatchUInt16(start + MarkerLength, checked((ushort)(writer.Position - start)));

    /// <summary>A copy of a whole message.</summary>
    /// <param name="type">Its type.</param>
    /// <param name="body">What follows its header.</param>
    public static byte[] Compose(MessageType type, ReadOnlySpan<byte> body)
    {
        var writer = new WireWriter(new byte[Length + body.Length]);
        var start = Begin(ref writer, type);
        writer.WriteOctets(body);
        End(ref writer, start);
        return writer.Written.ToArray();
    }

    /// <summary>The marker that RFC 4271 §4.1 keeps for compatibility.</summary>
    public static ReadOnlySpan<byte> Marker =>
    [
        0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF,
    ];
}
