using System.Collections.Immutable;
using Routing.Bgp.Rib.Decision;
using Routing.Bgp.Rib.Import;
using Routing.Bgp.Rib.NextHops;
using Routing.Bgp.Rib.Policies;
using Routing.Bgp.Rib.Tables;
using Routing.Bgp.Rib.Views;
using Routing.Bgp.Wire.Iana;

namespace Routing.Bgp.Rib;

/// <summary>All tables, and whom they are about: what the stages change, and what views, monitors and dumps read. On the
/// RIB's thread.</summary>
internal sealed class RibTables
{
    private readonly Dictionary<PeerIndex, RibPeer> _peers = [];
    private bool _isFrozen;

    public RibTables(RibConfig config, ImmutableArray<IBestPathSink> sinks)
    {
        Own = config.Own;
        UsesMultipath = config.Multipath is { MaximumPaths: > 1 };
        Attributes = new AttributeTable(config.Own);
        Policies = new PolicyRun(Attributes);
        Clock = new PathClock(config.Time);
        NextHops = new NextHopTable(Attributes, Sources);
        PolicyTraces = new PolicyTraces(this, new ImportEdits(Attributes));
        Sources.Set(PeerIndex.Local, new PathSource(PathSourceKind.Local, config.Own.RouterId, 0, IsClient: false));
        Families =
        [
            new RibFamily(AfiSafi.IPv4Unicast, Paths, Attributes, Sources, NextHops, config, Policies, sinks),
            new RibFamily(AfiSafi.IPv6Unicast, Paths, Attributes, Sources, NextHops, config, Policies, sinks),
        ];
        NextHops.Attach([.. Families.Select(family => family.LocRib)]);
    }

    /// <summary>Ourselves.</summary>
    public SpeakerIdentity Own { get; }

    /// <summary>Sinks are told more than the best path.</summary>
    public bool UsesMultipath { get; }

    /// <summary>Interned attributes of all paths.</summary>
    public AttributeTable Attributes { get; }

    /// <summary>All paths.</summary>
    public PathTable Paths { get; } = new();

    /// <summary>Runs the policies of all peers, and has what is known from the RPKI.</summary>
    public PolicyRun Policies { get; }

    /// <summary>What policies make of routes, worked out again for whoever asks why.</summary>
    public PolicyTraces PolicyTraces { get; }

    /// <summary>What decisions compare about peers.</summary>
    public PathSources Sources { get; } = new();

    /// <summary>Since when paths are as they are.</summary>
    public PathClock Clock { get; }

    /// <summary>How next hops are reached. Paths to those that are reached otherwise than before, or no more, are looked at
    /// again in the next turn.</summary>
    public NextHopTable NextHops { get; }

    /// <summary>The families.</summary>
    public ImmutableArray<RibFamily> Families { get; }

    /// <summary>The peers by index.</summary>
    public IReadOnlyDictionary<PeerIndex, RibPeer> Peers => _peers;

    /// <summary>All peers of the first configuration are known.</summary>
    public bool IsStarted { get; private set; }

    /// <summary>The families that tell sinks and peers what is best.</summary>
    public ImmutableArray<RibFamily> TellingFamilies => _isFrozen ? [] : Families;

    /// <summary>The parts of one family.</summary>
    public RibFamily this[AfiSafi family] => Families[family == AfiSafi.IPv4Unicast ? 0 : 1];

    /// <summary>Takes in a peer.</summary>
    public void Add(RibPeer peer)
    {
        _peers.Add(peer.Index, peer);
        foreach (var family in peer.Config.IsDynamic || IsStarted ? [] : peer.Config.Families)
        {
            this[family].Await(peer.Index);
        }
    }

    /// <summary>Removes a peer and all that it has sent.</summary>
    public void Remove(PeerIndex peer)
    {
        foreach (var family in Families)
        {
            family.Remove(peer);
        }

        _peers.Remove(peer);
        TryConverge();
    }

    /// <inheritdoc cref="RibEngine.Start"/>
    public void Start()
    {
        IsStarted = true;
        TryConverge();
    }

    /// <inheritdoc cref="RibEngine.Freeze"/>
    public void Freeze() => _isFrozen = true;

    /// <summary>Ends the wait for a start's routes where nobody is awaited any more.</summary>
    /// <param name="deadlinePassed">Ends it in any case: see <see cref="RibEngine.DeferralTimeExpired"/>.</param>
    public void TryConverge(bool deadlinePassed = false)
    {
        foreach (var family in IsStarted ? TellingFamilies : [])
        {
            family.TryConverge(deadlinePassed);
        }
    }
}
