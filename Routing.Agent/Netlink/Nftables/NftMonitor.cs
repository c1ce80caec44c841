using System.Threading.Channels;
using Routing.Agent.Namespaces;

namespace Routing.Agent.Netlink.Nftables;

/// <summary>Tells every change to a namespace's nf_tables, as `nft monitor` does.</summary>
internal sealed class NftMonitor : IDisposable
{
    /// <summary>NFNLGRP_NFTABLES.</summary>
    public const int Group = 7;

    private readonly NetlinkMonitor<NftEvent> _monitor;

    private NftMonitor(int capacity) => _monitor = new NetlinkMonitor<NftEvent>(
        new NetlinkSocket(NetlinkProtocol.Netfilter, Group), NftEvent.TryDecode,
        new NftEvent(NetlinkMessage.Overrun, 0, "", 0, 0), capacity);

    /// <summary>Opens one in a network namespace.</summary>
    /// <param name="capacity">Events that wait for a slow reader in this process.</param>
    public static NftMonitor Open(NetworkNamespace inside, int capacity = 4096) =>
        inside.Run(() => new NftMonitor(capacity));

    /// <summary>Events in the kernel's order, for one reader.</summary>
    public ChannelReader<NftEvent> Events => _monitor.Events;

    /// <inheritdoc/>
    public void Dispose() => _monitor.Dispose();
}
