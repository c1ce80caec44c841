using System.Buffers.Binary;
using System.Net;
using System.Runtime.InteropServices;
using System.Text;

namespace Routing.Agent.Netlink;

/// <summary>One attribute. A payload shorter than what is asked of it reads as zero: the kernel never sends one, and a
/// reader that cannot fail needs no error path at every field.</summary>
internal readonly ref struct NetlinkAttribute(ushort type, ReadOnlySpan<byte> payload)
{
    /// <summary>The type without its flag bits.</summary>
    public ushort Type { get; } = type;

    /// <summary>Borrowed from the receive buffer.</summary>
    public ReadOnlySpan<byte> Payload { get; } = payload;

    /// <summary>The attributes inside.</summary>
    public AttributeReader Nested => new(Payload);

    public byte U8 => Payload.IsEmpty ? (byte)0 : Payload[0];

    public ushort U16 => MemoryMarshal.TryRead(Payload, out ushort value) ? value : (ushort)0;

    public uint U32 => MemoryMarshal.TryRead(Payload, out uint value) ? value : 0;

    public uint U32BigEndian => BinaryPrimitives.TryReadUInt32BigEndian(Payload, out var value) ? value : 0;

    public ulong U64BigEndian => BinaryPrimitives.TryReadUInt64BigEndian(Payload, out var value) ? value : 0;

    /// <summary>Text up to the first NUL.</summary>
    public string Text
    {
        get
        {
            var end = Payload.IndexOf((byte)0);
            return Encoding.UTF8.GetString(end < 0 ? Payload : Payload[..end]);
        }
    }

    /// <summary>An address of 4 or 16 octets, else null.</summary>
    public IPAddress? Address => Payload.Length is 4 or 16 ? new IPAddress(Payload) : null;
}
