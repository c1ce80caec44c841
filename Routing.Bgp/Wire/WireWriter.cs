using System.Buffers.Binary;

namespace Routing.Bgp.Wire;

/// <summary>Writes big-endian fields into a caller's buffer. Room is the caller's business: it asks <see cref="Free"/>
/// first, and a write past the end is a bug that throws.</summary>
internal ref struct WireWriter(Span<byte> buffer)
{
    private readonly Span<byte> _buffer = buffer;

    /// <summary>Octets written so far; assign a smaller value to take back what follows it.</summary>
    public int Position { get; set; }

    /// <summary>Octets that still fit.</summary>
    public readonly int Free => _buffer.Length - Position;

    /// <summary>What has been written.</summary>
    public readonly ReadOnlySpan<byte> Written => _buffer[..Position];

    public void WriteByte(byte value) => _buffer[Position++] = value;

    public void WriteUInt16(ushort value)
    {
        BinaryPrimitives.WriteUInt16BigEndian(_buffer[Position..], value);
        Position += sizeof(ushort);
    }

    public void WriteUInt32(uint value)
    {
        BinaryPrimitives.WriteUInt32BigEndian(_buffer[Position..], value);
        Position += sizeof(uint);
    }

    public void WriteOctets(scoped ReadOnlySpan<byte> octets)
    {
        octets.CopyTo(_buffer[Position..]);
        Position += octets.Length;
    }

    /// <summary>Leaves room for a length that is known only after what it counts has been written.</summary>
    /// <returns>The place to give to <see cref="PatchLengthUInt16"/> or <see cref="PatchLengthByte"/>.</returns>
    public int ReserveUInt16()
    {
        var place = Position;
        WriteUInt16(0);
        return place;
    }

    /// <inheritdoc cref="ReserveUInt16"/>
    public int ReserveByte()
    {
        var place = Position;
        WriteByte(0);
        return place;
    }

    /// <summary>Fills a reserved length with the number of octets written after it.</summary>
    public readonly void PatchLengthUInt16(int place) =>
        BinaryPrimitives.WriteUInt16BigEndian(_buffer[place..], checked((ushort)(Position - place - sizeof(ushort))));

    /// <inheritdoc cref="PatchLengthUInt16"/>
    public readonly void PatchLengthByte(int place) => _buffer[place] = checked((byte)(Position - place - 1));

    /// <summary>Overwrites an octet written earlier.</summary>
    public readonly void PatchByte(int place, byte value) => _buffer[place] = value;

    /// <summary>Overwrites two octets written earlier.</summary>
    public readonly void PatchUInt16(int place, ushort value) =>
        BinaryPrimitives.WriteUInt16BigEndian(_buffer[place..], value);
}
