using System.Collections.Immutable;
using Routing.Agent.Grpc;
using Routing.Bgp.Rib.Views;
using Routing.Bgp.Rpki;
using Routing.Bgp.Speaker;

namespace Routing.Agent.Metrics;

/// <summary>The speaker as of the last scrape: an instrument is read at once and cannot wait for the RIB, so the page asks
/// first.</summary>
internal sealed class BgpSample(ISpeakerSource source)
{
    // One reference, swapped: instruments that are read meanwhile see one sample or the other.
    private Sample _sample = Sample.None;

    /// <summary>The configured peers; those that came out of a range would make as many series as they are.</summary>
    public ImmutableArray<PeerStatus> Peers => _sample.Peers;

    /// <summary>The peers that came out of ranges.</summary>
    public ImmutableArray<PeerStatus> DynamicPeers => _sample.DynamicPeers;

    /// <summary>Sizes of the tables; null while no speaker runs.</summary>
    public TableStatus? Tables => _sample.Tables;

    /// <summary>What is known from the RPKI; null while no speaker runs.</summary>
    public RpkiStatus? Rpki => source.Current?.GetRpki();

    /// <summary>BFD packets of nobody.</summary>
    public long BfdPacketsDiscarded => source.Current?.BfdPacketsDiscarded ?? 0;

    /// <summary>How many watch.</summary>
    public int Watchers => source.Current?.Watchers ?? 0;

    /// <summary>Asks the speaker.</summary>
    public async Task RefreshAsync(CancellationToken cancellationToken)
    {
        if (source.Current is not { } speaker)
        {
            _sample = Sample.None;
            return;
        }

        try
        {
            var peers = await speaker.GetPeersAsync(cancellationToken);
            var tables = await speaker.GetTablesAsync(cancellationToken);
            _sample = new Sample(
                [.. peers.Where(peer => !peer.IsDynamic)], [.. peers.Where(peer => peer.IsDynamic)], tables);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            _sample = Sample.None; // the speaker has ended, perhaps to be replaced
        }
    }

    private sealed record Sample(
        ImmutableArray<PeerStatus> Peers, ImmutableArray<PeerStatus> DynamicPeers, TableStatus? Tables)
    {
        public static Sample None { get; } = new([], [], null);
    }
}
