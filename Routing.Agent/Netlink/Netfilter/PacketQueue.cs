using System.Threading.Channels;
using Routing.Agent.Namespaces;

namespace Routing.Agent.Netlink.Netfilter;

/// <summary>Receives the packets that rules hold (NFQUEUE), and lets them go. What the socket has no room for goes on at once, and shows
/// in the next packet by a gap in the numbers. Those that are held when the socket is closed are lost, and asked for again by whom they
/// were for.</summary>
internal sealed class PacketQueue : IPacketSource
{
    /// <summary>Packets that wait here, beside those in the socket.</summary>
    private const int Capacity = 1024;

    /// <summary>Some 1,500 packets' worth.</summary>
    private const int ReceiveBuffer = 1 << 20;

    /// <summary>Packets that the kernel holds: more than the socket, this process and whoever reads it have room for, as what goes on
    /// because a queue is full leaves no gap.</summary>
    private const int Length = 1 << 16;

    /// <summary>Octets of each packet: what a datagram of netlink that we read has room for, and more than any answer.</summary>
    private const int SnapLength = 60 * 1024;

    private readonly Lock _gate = new();
    private readonly NetlinkWriter _writer = new(); // under the gate, with sending
    private readonly NetlinkSocket _socket;
    private readonly NetlinkMonitor<HeldPacket> _monitor;
    private readonly ushort _queue;
    private NumberedPackets _numbers = new(first: 1); // the monitor's thread alone uses it

    private PacketQueue(ushort queue)
    {
        _queue = queue;
        _socket = new NetlinkSocket(NetlinkProtocol.Netfilter);
        try
        {
            _socket.IgnoreOverruns(); // what is lost was let go; nothing has to be read again
            _socket.SetReceiveBuffer(ReceiveBuffer);
            var request = new NetlinkWriter();
            PacketQueueCodec.WriteBind(request, _socket.NextSequence(), queue, SnapLength, Length);
            var errors = new List<NetlinkError>();
            _socket.Execute(request, errors);
            if (errors is [var error, ..])
            {
                throw new NetlinkException("listen to", $"NFQUEUE {queue}", error.Errno, error.Message);
            }
        }
        catch
        {
            _socket.Dispose();
            throw;
        }

        _monitor = new NetlinkMonitor<HeldPacket>(_socket, TryDecode, default, Capacity);
    }

    /// <summary>Opens one in the calling thread's network namespace.</summary>
    /// <param name="queue">Its number. Only one socket may listen to it.</param>
    /// <exception cref="NetlinkException">The kernel has no NFQUEUE, or somebody else listens to it.</exception>
    public static PacketQueue Open(ushort queue) => new(queue);

    /// <summary>Opens one in a network namespace.</summary>
    /// <inheritdoc cref="Open(ushort)"/>
    public static PacketQueue Open(NetworkNamespace inside, ushort queue) => inside.Run(() => Open(queue));

    /// <inheritdoc/>
    public ChannelReader<HeldPacket> Packets => _monitor.Events;

    /// <inheritdoc/>
    public void Release(uint id)
    {
        lock (_gate)
        {
            PacketQueueCodec.WriteAccept(_writer, sequence: 0, _queue, id);
            _socket.Send(_writer);
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _monitor.Dispose();

    private bool TryDecode(in NetlinkMessage message, out HeldPacket packet)
    {
        if (!PacketQueueCodec.TryDecode(in message, out packet))
        {
            return false;
        }

        packet = packet with { Missed = _numbers.Take(packet.Id.GetValueOrDefault()) };
        return true;
    }
}
