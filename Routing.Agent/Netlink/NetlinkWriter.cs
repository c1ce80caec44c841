using System.Buffers.Binary;
using System.Net;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Text;

namespace Routing.Agent.Netlink;

/// <summary>Writes netlink messages one behind the other into a buffer that grows, so that several requests travel in
/// one send. Lengths are reserved, then patched.</summary>
/// <remarks>
/// <code>
///  nlmsghdr: | length u32 | type u16 | flags u16 | sequence u32 | port u32 |   host byte order, 4-octet alignment
///  nlattr:   | length u16 | type u16 | payload ... | padding |                 length without the padding
/// </code>
/// </remarks>
internal sealed class NetlinkWriter
{
    public const int HeaderLength = 16;
    private const int AttributeHeaderLength = 4;
    private const ushort NestedFlag = 0x8000; // NLA_F_NESTED

    private byte[] _buffer = new byte[4096];
    private int _messageStart = -1;

    /// <summary>Octets written.</summary>
    public int Length { get; private set; }

    /// <summary>Messages begun since <see cref="Clear"/>.</summary>
    public int MessageCount { get; private set; }

    /// <summary>Where the message being written, or the last one, begins.</summary>
    public int LastMessageStart { get; private set; }

    /// <summary>Everything written so far. Borrowed: good until the next write.</summary>
    public Span<byte> Written => _buffer.AsSpan(0, Length);

    /// <summary>Forgets everything; the buffer stays.</summary>
    public void Clear() => (Length, MessageCount, _messageStart, LastMessageStart) = (0, 0, -1, 0);

    /// <summary>Gives the buffer back when it is larger than this and nothing is in it.</summary>
    public void Trim(int octets)
    {
        if (Length == 0 && _buffer.Length > octets)
        {
            _buffer = new byte[4096];
        }
    }

    /// <summary>Starts a request. <see cref="EndMessage"/> must follow before the next one.</summary>
    public void BeginMessage(ushort type, NetlinkFlags flags, uint sequence)
    {
        _messageStart = LastMessageStart = Length;
        MessageCount++;
        var header = Extend(HeaderLength);
        MemoryMarshal.Write(header[4..], type);
        MemoryMarshal.Write(header[6..], (ushort)(flags | NetlinkFlags.Request));
        MemoryMarshal.Write(header[8..], sequence);
    }

    /// <summary>Patches the message's length.</summary>
    public void EndMessage()
    {
        MemoryMarshal.Write(_buffer.AsSpan(_messageStart), Length - _messageStart);
        Pad();
        _messageStart = -1;
    }

    /// <summary>Writes a fixed structure behind the header (ifinfomsg, rtmsg, nfgenmsg, ...).</summary>
    public void PutStruct<T>(in T value)
        where T : unmanaged
    {
        MemoryMarshal.Write(Extend(Unsafe.SizeOf<T>()), in value);
        Pad();
    }

    public void PutBytes(ushort type, ReadOnlySpan<byte> value)
    {
        value.CopyTo(Attribute(type, value.Length));
        Pad();
    }

    public void PutU8(ushort type, byte value)
    {
        Attribute(type, 1)[0] = value;
        Pad();
    }

    public void PutU16(ushort type, ushort value)
    {
        MemoryMarshal.Write(Attribute(type, 2), value);
        Pad();
    }

    public void PutU32(ushort type, uint value) => MemoryMarshal.Write(Attribute(type, 4), value);

    /// <summary>A number in network byte order, as all of nf_tables has them.</summary>
    public void PutU32BigEndian(ushort type, uint value) =>
        BinaryPrimitives.WriteUInt32BigEndian(Attribute(type, 4), value);

    /// <inheritdoc cref="PutU32BigEndian"/>
    public void PutU64BigEndian(ushort type, ulong value) =>
        BinaryPrimitives.WriteUInt64BigEndian(Attribute(type, 8), value);

    /// <summary>A string with its NUL.</summary>
    public void PutString(ushort type, string value)
    {
        var payload = Attribute(type, Encoding.UTF8.GetByteCount(value) + 1);
        Encoding.UTF8.GetBytes(value, payload);
        payload[^1] = 0;
        Pad();
    }

    /// <summary>An address, 4 or 16 octets.</summary>
    public void PutAddress(ushort type, IPAddress address)
    {
        Span<byte> octets = stackalloc byte[16];
        address.TryWriteBytes(octets, out var length);
        PutBytes(type, octets[..length]);
    }

    /// <summary>Starts an attribute that holds attributes; give the result to <see cref="EndNested"/>.</summary>
    public int BeginNested(ushort type) => BeginAttribute((ushort)(type | NestedFlag));

    /// <summary>Starts an attribute whose payload is written piece by piece.</summary>
    public int BeginAttribute(ushort type)
    {
        var start = Length;
        Attribute(type, 0);
        return start;
    }

    /// <summary>Patches the length of what <see cref="BeginNested"/> or <see cref="BeginAttribute"/> started.</summary>
    public void EndNested(int start)
    {
        var length = Length - start;
        if (length > ushort.MaxValue)
        {
            throw new InvalidOperationException($"A netlink attribute of {length} octets cannot be written; split it.");
        }

        MemoryMarshal.Write(_buffer.AsSpan(start), (ushort)length);
        Pad();
    }

    /// <summary>Adds flags to a message that was written before.</summary>
    public void AddFlags(int messageStart, NetlinkFlags flags)
    {
        var field = _buffer.AsSpan(messageStart + 6);
        MemoryMarshal.Write(field, (ushort)(MemoryMarshal.Read<ushort>(field) | (ushort)flags));
    }

    private Span<byte> Attribute(ushort type, int payloadLength)
    {
        var attribute = Extend(AttributeHeaderLength + payloadLength);
        MemoryMarshal.Write(attribute, (ushort)(AttributeHeaderLength + payloadLength));
        MemoryMarshal.Write(attribute[2..], type);
        return attribute[AttributeHeaderLength..];
    }

    private void Pad() => Extend(-Length & 3);

    private Span<byte> Extend(int count)
    {
        if (Length + count > _buffer.Length)
        {
            Array.Resize(ref _buffer, Math.Max(_buffer.Length * 2, Length + count));
        }

        var added = _buffer.AsSpan(Length, count);
        added.Clear();
        Length += count;
        return added;
    }
}
