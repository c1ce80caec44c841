using Routing.Bgp.Wire;

namespace Routing.Bgp.Bmp;

/// <summary>The common header (RFC 7854 §4.1): version, length of the whole message, type.</summary>
internal static class BmpHeader
{
    /// <summary>Octets of the header.</summary>
    public const int Length = 6;

    private const byte Version = 3;

    /// <summary>Starts a message.</summary>
    /// <returns>Where it starts, for <see cref="End"/>.</returns>
    public static int Begin(ref WireWriter writer, BmpMessageType type)
    {
        var start = writer.Position;
        writer.WriteByte(Version);
        writer.WriteUInt32(0);
        writer.WriteByte((byte)type);
        return start;
    }

    /// <summary>Fills in the length of the message that starts at <paramref name="start"/> and ends here.</summary>
    public static void End(ref WireWriter writer, int start)
    {
        var end = writer.Position;
        writer.Position = start + 1;
        writer.WriteUInt32((uint)(end - start));
        writer.Position = end;
    }
}
