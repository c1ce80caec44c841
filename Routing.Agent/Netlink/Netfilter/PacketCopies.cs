using System.Threading.Channels;
using Routing.Agent.Namespaces;

namespace Routing.Agent.Netlink.Netfilter;

/// <summary>Receives copies of packets that go on at once (NFLOG), where a kernel cannot hold them.</summary>
internal sealed class PacketCopies : IPacketSource
{
    private const int Capacity = 1024;
    private const int SnapLength = 8 * 1024;

    private readonly NetlinkMonitor<HeldPacket> _monitor;

    private PacketCopies(ushort group)
    {
        var socket = new NetlinkSocket(NetlinkProtocol.Netfilter);
        try
        {
            socket.IgnoreOverruns();
            PacketLog.Bind(socket, group, SnapLength, isUrgent: true);
        }
        catch
        {
            socket.Dispose();
            throw;
        }

        _monitor = new NetlinkMonitor<HeldPacket>(socket, PacketLogCodec.TryDecodeCopy, default, Capacity);
    }

    /// <summary>Opens one in the calling thread's network namespace.</summary>
    /// <exception cref="NetlinkException">The kernel has no NFLOG, or somebody else listens to the group.</exception>
    public static PacketCopies Open(ushort group) => new(group);

    /// <summary>Opens one in a network namespace.</summary>
    /// <inheritdoc cref="Open(ushort)"/>
    public static PacketCopies Open(NetworkNamespace inside, ushort group) => inside.Run(() => Open(group));

    /// <inheritdoc/>
    public ChannelReader<HeldPacket> Packets => _monitor.Events;

    /// <summary>Nobody holds it.</summary>
    public void Release(uint id)
    {
    }

    /// <inheritdoc/>
    public void Dispose() => _monitor.Dispose();
}
