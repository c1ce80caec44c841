using System.Collections.Immutable;
using Routing.Bgp.Rib.Decision;
using Routing.Bgp.Rib.Export;
using Routing.Bgp.Rib.Tables;
using Routing.Bgp.Speaker;
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
        RibConfig config,
        ImmutableArray<IBestPathSink> sinks)
    {
        LocRib = new LocRib(family, paths, attributes, sources, config.MaximumPaths > 1);
        Out = new AdjRibsOut(LocRib, attributes, sources, config.Own);
        Feed = new BestPathFeed(LocRib, attributes, sinks, config.MaximumPaths);
        IsDeferring = config.Restarting;
    }

    /// <summary>The family.</summary>
    public AfiSafi Family => LocRib.Family;

    /// <summary>Prefixes and paths.</summary>
    public LocRib LocRib { get; }

    /// <summary>What the peers are told.</summary>
    public AdjRibsOut Out { get; }

    /// <summary>What the sinks are told.</summary>
    public BestPathFeed Feed { get; }

    /// <summary>Whether the routes of a start have come.</summary>
    public Convergence Convergence { get; } = new();

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
        Convergence.Forget(peer);
    }

    /// <summary>One slice of what is to be told.</summary>
    /// <returns>True when there may be more to do at once.</returns>
    public bool Run()
    {
        if (IsDeferring)
        {
            return false;
        }

        Feed.Flush();
        return Out.Run();
    }

    /// <summary>Ends the wait for a start's routes when it is over.</summary>
    public void TryConverge(bool deadlinePassed)
    {
        if (Convergence.TryEnd(deadlinePassed))
        {
            // What is best by now is told before that nothing more will come.
            IsDeferring = false;
            Feed.Flush();
            Feed.Converged();
        }
    }
}
