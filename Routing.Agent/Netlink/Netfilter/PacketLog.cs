using System.Threading.Channels;
using Routing.Agent.Namespaces;

namespace Routing.Agent.Netlink.Netfilter;

/// <summary>Receives the packets of a NFLOG group. The kernel never waits for it: what the socket has no room for is gone,
/// and counted here by the gaps in the packets' numbers.</summary>
internal sealed class PacketLog : IDisposable
{
    private const int ReceiveBuffer = 1 << 20;
    private readonly NetlinkMonitor<LoggedPacket> _monitor;
    private NumberedPackets _numbers = new(first: 0); // the monitor's thread alone uses it
    private long _lost;

    private PacketLog(ushort group, int snapLength, int capacity)
    {
        var socket = new NetlinkSocket(NetlinkProtocol.Netfilter);
        try
        {
            socket.SetReceiveBuffer(ReceiveBuffer);
            Bind(socket, group, snapLength, isUrgent: false);
        }
        catch
        {
            socket.Dispose();
            throw;
        }

        _monitor = new NetlinkMonitor<LoggedPacket>(socket, TryDecode, default, capacity);
    }

    /// <summary>Opens one in the calling thread's network namespace.</summary>
    /// <param name="group">The group. Only one socket may listen to it.</param>
    /// <param name="snapLength">Octets of each packet; a rule may say less.</param>
    /// <param name="capacity">Packets that wait for a slow reader in this process; then they wait in the socket, and then
    /// they are lost.</param>
    /// <exception cref="NetlinkException">The kernel has no NFLOG, or somebody else listens to the group.</exception>
    public static PacketLog Open(ushort group, int snapLength, int capacity = 1024) => new(group, snapLength, capacity);

    /// <summary>Opens one in a network namespace.</summary>
    /// <inheritdoc cref="Open(ushort, int, int)"/>
    public static PacketLog Open(NetworkNamespace inside, ushort group, int snapLength, int capacity = 1024) =>
        inside.Run(() => Open(group, snapLength, capacity));

    /// <summary>Packets in the kernel's order, for one reader. One without a header is where some are missing, or no IP
    /// packet.</summary>
    public ChannelReader<LoggedPacket> Packets => _monitor.Events;

    /// <summary>Packets that the kernel could not hand over since this was opened.</summary>
    public long Lost => Interlocked.Read(ref _lost);

    /// <inheritdoc/>
    public void Dispose() => _monitor.Dispose();

    /// <summary>Listens to a group by a socket.</summary>
    internal static void Bind(NetlinkSocket socket, ushort group, int snapLength, bool isUrgent)
    {
        var request = new NetlinkWriter();
        PacketLogCodec.WriteBind(request, socket.NextSequence(), group, snapLength, isUrgent);
        var errors = new List<NetlinkError>();
        socket.Execute(request, errors);
        if (errors is [var error, ..])
        {
            throw new NetlinkException("listen to", $"NFLOG group {group}", error.Errno, error.Message);
        }
    }

    private bool TryDecode(in NetlinkMessage message, out LoggedPacket packet)
    {
        if (!PacketLogCodec.TryDecode(in message, out packet))
        {
            return false;
        }

        Interlocked.Add(ref _lost, _numbers.Take(packet.Sequence));
        return true;
    }
}
