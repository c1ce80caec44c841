using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Routing.Agent.Netlink;

/// <summary>One received message: the header's fields and what follows. Borrowed from the receive buffer.</summary>
internal readonly ref struct NetlinkMessage(ReadOnlySpan<byte> octets)
{
    public const ushort Error = 2; // NLMSG_ERROR
    public const ushort Done = 3; // NLMSG_DONE
    public const ushort Overrun = 4; // NLMSG_OVERRUN

    private readonly ReadOnlySpan<byte> _octets = octets;

    public ushort Type => MemoryMarshal.Read<ushort>(_octets[4..]);

    public NetlinkFlags Flags => (NetlinkFlags)MemoryMarshal.Read<ushort>(_octets[6..]);

    public uint Sequence => MemoryMarshal.Read<uint>(_octets[8..]);

    /// <summary>The port whose request made the kernel send this; 0 for its own doing.</summary>
    public uint PortId => MemoryMarshal.Read<uint>(_octets[12..]);

    /// <summary>What follows the header.</summary>
    public ReadOnlySpan<byte> Payload => _octets[NetlinkWriter.HeaderLength..];

    /// <summary>Reads the fixed structure that the payload begins with.</summary>
    /// <param name="attributes">The attributes behind it.</param>
    /// <returns>False when the message is shorter than the structure.</returns>
    public bool TryReadStruct<T>(out T value, out AttributeReader attributes)
        where T : unmanaged
    {
        var aligned = (Unsafe.SizeOf<T>() + 3) & ~3;
        if (!MemoryMarshal.TryRead(Payload, out value))
        {
            attributes = default;
            return false;
        }

        attributes = new AttributeReader(aligned <= Payload.Length ? Payload[aligned..] : default);
        return true;
    }
}
