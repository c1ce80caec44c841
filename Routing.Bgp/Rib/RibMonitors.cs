using Routing.Bgp.Wire.Iana;

namespace Routing.Bgp.Rib;

/// <summary>Everybody who reads the tables along, each at his own pace.</summary>
internal sealed class RibMonitors(RibTables tables)
{
    private readonly List<IRibMonitor> _monitors = [];

    /// <summary>Somebody reads along from here on.</summary>
    public void Add(IRibMonitor monitor)
    {
        _monitors.Add(monitor);
        foreach (var family in tables.Families)
        {
            family.Out.AddReader(monitor.ReaderOf(family.Family));
        }

        monitor.OnAdded();
    }

    /// <summary>Somebody reads along no more.</summary>
    public void Remove(IRibMonitor monitor)
    {
        if (_monitors.Remove(monitor))
        {
            monitor.OnRemoved();
            foreach (var family in tables.Families)
            {
                family.Out.RemoveReader(monitor.ReaderOf(family.Family));
            }
        }
    }

    /// <inheritdoc cref="IRibMonitor.OnPeerUp"/>
    public void OnPeerUp(RibPeer peer)
    {
        foreach (var monitor in _monitors)
        {
            monitor.OnPeerUp(peer);
        }
    }

    /// <inheritdoc cref="IRibMonitor.OnPeerDown"/>
    public void OnPeerDown(RibPeer peer)
    {
        foreach (var monitor in _monitors)
        {
            monitor.OnPeerDown(peer);
        }
    }

    /// <inheritdoc cref="IRibMonitor.OnExportChanged"/>
    public void OnExportChanged(RibPeer peer)
    {
        foreach (var monitor in _monitors)
        {
            monitor.OnExportChanged(peer);
        }
    }

    /// <inheritdoc cref="IRibMonitor.OnEndOfRib"/>
    public void OnEndOfRib(RibPeer peer, AfiSafi family)
    {
        foreach (var monitor in _monitors)
        {
            monitor.OnEndOfRib(peer, family);
        }
    }

    /// <inheritdoc cref="IRibMonitor.Run"/>
    public bool Run()
    {
        var more = false;
        foreach (var monitor in _monitors)
        {
            more |= monitor.Run();
        }

        return more;
    }
}
