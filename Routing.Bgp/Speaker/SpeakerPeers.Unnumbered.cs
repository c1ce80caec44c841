using System.Net;
using System.Net.NetworkInformation;
using Microsoft.Extensions.Logging;
using Routing.Bgp.Fsm;
using Routing.Bgp.Session;
using Routing.Bgp.Session.Discovery;

namespace Routing.Bgp.Speaker;

/// <summary>Neighbours that are named by an interface: whoever is found at its other end, one at a time.</summary>
internal sealed partial class SpeakerPeers
{
    private readonly Dictionary<string, (CancellationTokenSource Stop, Task Running)> _links = []; // by neighbour's name

    private long _startedAt;

    /// <summary>Begins to look for neighbours on interfaces that are not looked at yet.</summary>
    private void WatchLinks(SpeakerConfig config)
    {
        foreach (var peer in config.Peers.Where(peer => peer.IsUnnumbered && !_links.ContainsKey(LinkOf(peer))))
        {
            var stop = new CancellationTokenSource();
            var name = peer.Name;
            var neighbours = new LinkNeighbours(
                peer.Transport.Interface!, links, address => OnNeighbour(name, address), time, _logger);
            _links.Add(LinkOf(peer), (stop, Task.Run(() => neighbours.RunAsync(stop.Token))));
        }
    }

    /// <summary>Ends looking where a configuration, or none, has no such neighbour.</summary>
    private async Task UnwatchLinksAsync(SpeakerConfig? config)
    {
        var wanted = (config?.Peers ?? []).Where(peer => peer.IsUnnumbered).Select(LinkOf).ToHashSet();
        foreach (var link in _links.Keys.Except(wanted).ToList())
        {
            _links.Remove(link, out var watch);
            await watch.Stop.CancelAsync();
            await watch.Running;
            watch.Stop.Dispose();
        }
    }

    private static string LinkOf(PeerConfig peer) => $"{peer.Name}%{peer.Transport.Interface}";

    /// <summary>Somebody is at the other end; called by the link's own task.</summary>
    private void OnNeighbour(string name, IPAddress address)
    {
        SpeakerPeer? former;
        lock (_gate)
        {
            var config = _config?.Peers.FirstOrDefault(peer => peer.Name == name && peer.IsUnnumbered);
            if (_isStopping || config is null || _peers.ContainsKey(address))
            {
                return;
            }

            former = _peers.Values.FirstOrDefault(peer => peer.Config.Name == name);
            if (former is null)
            {
                Appear(config, address);
                return;
            }
        }

        // Another router was plugged in, or the neighbour has another address: the one that is gone makes room. While its
        // session stands, or is kept for it, the newcomer waits for another of its advertisements.
        if (former.Session.Status is { State: not SessionState.Established, RetainsRoutes: false })
        {
            LogReplacedNeighbour(name, former.Address, address);
            _ = EndAsync(former, null, CancellationToken.None); // whoever stops all peers awaits it
        }
    }

    /// <summary>A connection from the link may come before the advertisement. Under the lock.</summary>
    private PeerSession? FindOnLink(IPAddress remote)
    {
        var config = _config?.Peers.FirstOrDefault(peer =>
            peer.IsUnnumbered && IndexOf(peer.Transport.Interface!) == remote.ScopeId);
        return config is null || _peers.Values.Any(peer => peer.Config.Name == config.Name)
            ? null
            : Appear(config, remote).Session;
    }

    private SpeakerPeer Appear(PeerConfig config, IPAddress address)
    {
        // Later than this the restart of this process is over for everybody (RFC 4724 §4.1).
        var isStarting = time.GetElapsedTime(_startedAt) < _config!.SelectionDeferralTime;
        var peer = Create(config, address, restarting: _config.Restarting && isStarting);
        peer.Running = EnterAndRunAsync(peer);
        LogNeighbour(config.Name, address);
        return peer;
    }

    private static long IndexOf(string interfaceName) => NetworkInterface.GetAllNetworkInterfaces()
        .Where(link => link.Name == interfaceName && link.Supports(NetworkInterfaceComponent.IPv6))
        .Select(link => (long)link.GetIPProperties().GetIPv6Properties().Index)
        .FirstOrDefault(-1);

    [LoggerMessage(LogLevel.Information, "{Peer}: the neighbour on its interface is {Address}")]
    private partial void LogNeighbour(string peer, IPAddress address);

    [LoggerMessage(LogLevel.Information, "{Peer}: {Former} makes room for {Address}")]
    private partial void LogReplacedNeighbour(string peer, IPAddress former, IPAddress address);
}
