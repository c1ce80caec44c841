using System.Threading.Channels;
using Routing.Agent.Namespaces;

namespace Routing.Agent.Netlink.Netfilter;

/// <summary>Receives the packets that rules hold (NFQUEUE), and lets them go. The kernel holds a bounded number, and what comes beyond
/// goes on at once. Those that are held when the socket is closed are lost, and asked for again by whom they were for.</summary>
internal sealed class PacketQueue : IPacketSource
{
    /// <summary>Packets that the kernel holds, and as many again that wait here.</summary>
    private const int Length = 1024;

    /// <summary>Octets of each packet: an answer over UDP is hardly longer.</summary>
    private const int SnapLength = 8 * 1024;

    private readonly Lock _gate = new();
    private readonly NetlinkWriter _writer = new(); // under the gate, with sending
    private readonly NetlinkSocket _socket;
    private readonly NetlinkMonitor<HeldPacket> _monitor;
    private readonly ushort _queue;

    private PacketQueue(ushort queue)
    {
        _queue = queue;
        _socket = new NetlinkSocket(NetlinkProtocol.Netfilter);
        try
        {
            _socket.IgnoreOverruns(); // what is lost was let go; nothing has to be read again
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

        _monitor = new NetlinkMonitor<HeldPacket>(_socket, PacketQueueCodec.TryDecode, default, Length);
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
}
