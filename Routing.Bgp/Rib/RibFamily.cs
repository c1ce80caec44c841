using System.Collections.Immutable;
using Routing.Bgp.Rib.Decision;
using Routing.Bgp.Rib.Export;
using Routing.Bgp.Rib.NextHops;
using Routing.Bgp.Rib.Policies;
using Routing.Bgp.Rib.Tables;
using Routing.Bgp.Rib.Views;
using Routing.Bgp.Wire.Iana;

namespace Routing.Bgp.Rib;

/// <summary>The parts of the RIB that exist once per family.</summary>
internal sealed class RibFamily
{
    private readonly Dictionary<PeerIndex, AdjRibIn> _adjRibsIn = [];

    public RibFamily(
        AfiSafi family,
        PathTable paths,
        AttributeTable attributes,
        PathSources sources,
        NextHopTable nextHops,
        RibConfig config,
        PolicyRun policies,
        ImmutableArray<IBestPathSink> sinks)
    {
        var multipath = config.Multipath ?? new MultipathRules();
        LocRib = new LocRib(family, paths, attributes, sources, nextHops, multipath) { HasSinks = !sinks.IsEmpty };
        Walks = new TableWalks(LocRib);
        Exports = new ExportSelection(LocRib, sources);
        Out = new AdjRibsOut(LocRib, Exports, attributes, sources, config.Own, policies);
        Feed = new BestPathFeed(LocRib, attributes, sources, nextHops, sinks, multipath);
        IsDeferring = config.Restarting;
    }

    /// <summary>The family.</summary>
    public AfiSafi Family => LocRib.Family;

    /// <summary>Prefixes and paths.</summary>
    public LocRib LocRib { get; }

    /// <summary>Work on all prefixes, in slices.</summary>
    public TableWalks Walks { get; }

    /// <summary>Which paths are for whom.</summary>
    public ExportSelection Exports { get; }

    /// <summary>What the peers are told.</summary>
    public AdjRibsOut Out { get; }

    /// <summary>What the sinks are told.</summary>
    public BestPathFeed Feed { get; }

    /// <summary>Whether the routes of a start have come, so that the best of them may be told.</summary>
    public Convergence Convergence { get; } = new();

    /// <summary>Whether those of peers have come as well that <see cref="Convergence"/> leaves out because they restart too
    /// (RFC 4724 §4.1: two that wait for each other would wait for ever). What is best is told without them, and so they tell
    /// theirs; but what an earlier run left in the kernel stays until they have. FRR has the Restart State bit in every OPEN
    /// of its first two minutes.</summary>
    public Convergence SinkConvergence { get; } = new();

    /// <summary>Nothing leaves the RIB until <see cref="Convergence"/> is done.</summary>
    public bool IsDeferring { get; private set; }

    /// <summary>What a peer has sent; empty for a peer that has sent nothing.</summary>
    public AdjRibIn In(PeerIndex peer)
    {
        if (!_adjRibsIn.TryGetValue(peer, out var adjRibIn))
        {
            adjRibIn = new AdjRibIn(peer, LocRib);
            _adjRibsIn.Add(peer, adjRibIn);
        }

        return adjRibIn;
    }

    /// <summary>The peer is gone for good.</summary>
    public void Remove(PeerIndex peer)
    {
        In(peer).Clear();
        _adjRibsIn.Remove(peer);
        Out.Leave(peer);
        Forget(peer);
    }

    /// <summary>One slice of what is to be told.</summary>
    /// <returns>True when there may be more to do at once.</returns>
    public bool Run()
    {
        var more = Walks.Run();
        if (IsDeferring)
        {
            return more;
        }

        Feed.Flush();
        return Out.Run() || more;
    }

    /// <summary>Ends the wait for a start's routes when it is over.</summary>
    public void TryConverge(bool deadlinePassed)
    {
        if (Convergence.TryEnd(deadlinePassed))
        {
            IsDeferring = false;
        }

        if (SinkConvergence.TryEnd(deadlinePassed))
        {
            // What is best by now is told before that nothing more will come.
            Feed.Flush();
            Feed.Converged();
        }
    }

    /// <summary>A peer was configured before the start.</summary>
    public void Await(PeerIndex peer)
    {
        Convergence.Await(peer);
        SinkConvergence.Await(peer);
    }

    /// <summary>The peer has sent its routes, or will not say when it has.</summary>
    public void Forget(PeerIndex peer)
    {
        Convergence.Forget(peer);
        SinkConvergence.Forget(peer);
    }
}
