using Routing.Bgp.Wire;

namespace Routing.Bgp.Mrt;

/// <summary>The header of every record (RFC 6396 §2): seconds, type, subtype, octets that follow.</summary>
/// <param name="Seconds">Since 1970; a number of 32 bits, good until 2106.</param>
/// <param name="Type">May be one that is not known here.</param>
/// <param name="Subtype">A number of the type's own registry.</param>
/// <param name="BodyLength">Octets after the header.</param>
internal readonly record struct MrtHeader(uint Seconds, MrtType Type, ushort Subtype, int BodyLength)
{
    /// <summary>Octets of the header.</summary>
    public const int Length = 12;

    /// <summary>Longest record that is read: with 65,535 entries of 64 KiB the format allows more, no table has
    /// them.</summary>
    public const int MaxBodyLength = 16 * 1024 * 1024;

    /// <summary>Starts a record.</summary>
    /// <returns>Where it starts, for <see cref="End"/>.</returns>
    public static int Begin(ref WireWriter writer, DateTimeOffset time, MrtType type, ushort subtype)
    {
        var start = writer.Position;
        writer.WriteUInt32((uint)time.ToUnixTimeSeconds());
        writer.WriteUInt16((ushort)type);
        writer.WriteUInt16(subtype);
        writer.WriteUInt32(0);
        if (type == MrtType.Bgp4mpExtendedTime)
        {
            // RFC 6396 §3: the microseconds count into the length.
            writer.WriteUInt32((uint)(time.Ticks % TimeSpan.TicksPerSecond / TimeSpan.TicksPerMicrosecond));
        }

        return start;
    }

    /// <summary>Fills in the length of the record that starts at <paramref name="start"/> and ends here.</summary>
    public static void End(ref WireWriter writer, int start)
    {
        var end = writer.Position;
        writer.Position = start + Length - sizeof(uint);
        writer.WriteUInt32((uint)(end - start - Length));
        writer.Position = end;
    }

    /// <summary>Reads a header.</summary>
    /// <param name="octets">At least <see cref="Length"/> of them.</param>
    /// <returns>False when the record is longer than <see cref="MaxBodyLength"/>.</returns>
    public static bool TryRead(ReadOnlySpan<byte> octets, out MrtHeader header)
    {
        var reader = new WireReader(octets);
        reader.TryReadUInt32(out var seconds);
        reader.TryReadUInt16(out var type);
        reader.TryReadUInt16(out var subtype);
        var hasLength = reader.TryReadUInt32(out var length);
        header = new MrtHeader(seconds, (MrtType)type, subtype, (int)Math.Min(length, MaxBodyLength));
        return hasLength && length <= MaxBodyLength;
    }
}
