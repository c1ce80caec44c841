using System.Collections.Immutable;
using Routing.Agent.Speaker;
using Routing.Bgp.Speaker;

namespace Routing.Agent.Metrics;

/// <summary>The peers as of the last scrape: an instrument is read at once and cannot wait for the RIB, so the page
/// asks first.</summary>
internal sealed class BgpSample(SpeakerHost host)
{
    private ImmutableArray<PeerStatus> _peers = [];

    /// <summary>The configured peers; those that came out of a range would make as many labels as they are.</summary>
    public ImmutableArray<PeerStatus> Peers => _peers;

    /// <summary>Asks the speaker.</summary>
    public async Task RefreshAsync(CancellationToken cancellationToken)
    {
        ImmutableArray<PeerStatus> peers =
            host.Current is { } speaker ? await speaker.GetPeersAsync(cancellationToken) : [];
        _peers = [.. peers.Where(peer => !peer.IsDynamic)];
    }
}
