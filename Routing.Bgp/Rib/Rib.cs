using System.Collections.Immutable;
using Routing.Bgp.Rib.Decision;
using Routing.Bgp.Rib.NextHops;
using Routing.Bgp.Rib.Policies;
using Routing.Bgp.Rib.Tables;
using Routing.Bgp.Rib.Views;
using Routing.Bgp.RoutePolicy;
using Routing.Bgp.Wire.Iana;
using Routing.Bgp.Wire.Messages;
using Routing.Bgp.Wire.Nlri;

namespace Routing.Bgp.Rib;

/// <summary>The routing information base: everything between the sessions' updates and the sessions' outputs. Single
/// threaded: <see cref="RibLoop"/> owns it.</summary>
/// <remarks><code>
/// UpdateBatch > intern attributes > loop checks, import filter > LocRib: paths, decision > journal > update groups > outputs
///                                                                                       > best path sinks
/// </code></remarks>
internal sealed class Rib
{
    /// <summary>Entries of a batch whose memory is fetched ahead: about twenty prefixes of a full table, as many cache lines
    /// as a processor can wait for at once.</summary>
    private const int EntriesAhead = 4;

    private readonly RibConfig _config;
    private readonly ImmutableArray<RibFamily> _families;
    private readonly Dictionary<PeerIndex, RibPeer> _peers = [];
    private readonly LocalRoutes _localRoutes;
    private readonly PolicyRun _policies;
    private readonly List<IRibMonitor> _monitors = [];
    private readonly ImportStage _import;
    private readonly UpdateStage _updates;
    private readonly PathReview _review;
    private bool _isStarted;
    private bool _isFrozen;

    public Rib(RibConfig config, ImmutableArray<IBestPathSink> sinks)
    {
        _config = config;
        Attributes = new AttributeTable(config.Own);
        _policies = new PolicyRun(Attributes);
        Clock = new PathClock(config.Time);
        NextHops = new NextHopTable(Attributes, Sources);
        _import = new ImportStage(Attributes, _policies, NextHops);
        _updates = new UpdateStage(Attributes, _import);
        _review = new PathReview(Paths, Attributes, NextHops, _peers, _import);
        PolicyTraces = new PolicyTraces(this, _policies, new ImportEdits(Attributes));
        Sources.Set(PeerIndex.Local, new PathSource(PathSourceKind.Local, config.Own.RouterId, 0, IsClient: false));
        _families =
        [
            new RibFamily(AfiSafi.IPv4Unicast, Paths, Attributes, Sources, NextHops, config, _policies, sinks),
            new RibFamily(AfiSafi.IPv6Unicast, Paths, Attributes, Sources, NextHops, config, _policies, sinks),
        ];
        NextHops.Attach([.. _families.Select(family => family.LocRib)]);
        _localRoutes = new LocalRoutes(Attributes);
    }

    /// <summary>Ourselves.</summary>
    public SpeakerIdentity Own => _config.Own;

    /// <summary>Sinks are told more than the best path.</summary>
    public bool UsesMultipath => _config.Multipath is { MaximumPaths: > 1 };

    /// <summary>Interned attributes of all paths.</summary>
    public AttributeTable Attributes { get; }

    /// <summary>All paths.</summary>
    public PathTable Paths { get; } = new();

    /// <summary>What is known from the RPKI; null without a source.</summary>
    public IRouteValidity? Validity => _policies.Validity;

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
    public ImmutableArray<RibFamily> Families => _families;

    /// <summary>The peers by index.</summary>
    public IReadOnlyDictionary<PeerIndex, RibPeer> Peers => _peers;

    /// <summary>The parts of one family.</summary>
    public RibFamily this[AfiSafi family] => _families[family == AfiSafi.IPv4Unicast ? 0 : 1];

    /// <summary>A neighbour was configured, or appeared out of a range.</summary>
    public void AddPeer(PeerIndex peer, RibPeerConfig config)
    {
        _peers.Add(peer, new RibPeer(peer, config));
        foreach (var family in config.IsDynamic || _isStarted ? [] : config.Families)
        {
            this[family].Await(peer);
        }
    }

    /// <summary>All peers of the first configuration are known: from here on, convergence is a matter of End-of-RIB.</summary>
    public void Start()
    {
        _isStarted = true;
        TryConverge(deadlinePassed: false);
    }

    /// <summary>Filters and roles changed without the session ending: routes held and told are judged again.</summary>
    public void ChangePeer(PeerIndex peer, RibPeerConfig config)
    {
        var known = _peers[peer];
        var before = known.Config;
        known.Config = config;
        if (!before.Limits.SequenceEqual(config.Limits))
        {
            known.Limits.Reset();
            CheckLimits(known);
        }

        if (!before.Import.Equals(config.Import) || before.ImportProfile != config.ImportProfile)
        {
            SetImportScopes(known);
            Reevaluate(known);
        }

        if (known.Session is { } session && Sources[peer.Value] != PeerTerms.SourceOf(config, session))
        {
            Sources.Set(peer, PeerTerms.SourceOf(config, session));
            foreach (var family in _families)
            {
                family.Out.RefreshAll();
            }
        }

        RefreshChangedGroups(known);
        foreach (var monitor in _monitors)
        {
            monitor.OnExportChanged(known);
        }
    }

    /// <summary>What is known from the RPKI has changed: routes that it may concern, of policies that ask, are judged again
    /// as they were received. No neighbour is asked to send anything (RFC 9324 §3).</summary>
    /// <param name="validity">What is known now.</param>
    /// <param name="isConcerned">The prefixes whose origin validity may be another.</param>
    /// <param name="pathsConcerned">The validity of any AS path may be another.</param>
    public void ChangeValidity(IRouteValidity validity, Predicate<Prefix> isConcerned, bool pathsConcerned)
    {
        _policies.Validity = validity;
        foreach (var family in _families)
        {
            family.Walks.Add(row => _review.ChangeValidity(row, family, isConcerned, pathsConcerned));
            foreach (var peer in _peers.Values)
            {
                // On the way out only the origin can be asked for: who sent a route to us is no matter there.
                if (peer.Carries(family.Family)
                    && peer.Config.Export.ProgramFor(family.Family) is { UsesOriginValidity: true })
                {
                    family.Out.Refresh(peer.Index, PeerTerms.KeyFor(peer, family.Family));
                }
            }
        }
    }

    /// <summary>A neighbour is gone for good.</summary>
    public void RemovePeer(PeerIndex peer)
    {
        foreach (var family in _families)
        {
            family.Remove(peer);
        }

        _peers.Remove(peer);
        TryConverge(deadlinePassed: false);
    }

    /// <summary>See <see cref="IRibInbox.PeerUpAsync"/>.</summary>
    public void PeerUp(PeerUp up)
    {
        if (!_peers.TryGetValue(up.Peer, out var peer))
        {
            return; // it was deconfigured meanwhile
        }

        peer.Begin(up, Clock.Now);
        SetImportScopes(peer);
        Sources.Set(up.Peer, PeerTerms.SourceOf(peer.Config, up));
        foreach (var monitor in _monitors)
        {
            monitor.OnPeerUp(peer);
        }

        foreach (var family in _families)
        {
            // RFC 4724 §4.2, RFC 9494 §4.2: a peer that did not keep its forwarding state made us wait in vain.
            if (!up.LongLivedPreserved.Contains(family.Family))
            {
                family.In(up.Peer).SweepStale(longLived: true);
            }

            if (!up.ForwardingPreserved.Contains(family.Family))
            {
                family.In(up.Peer).SweepStale(longLived: false);
            }

            if (!peer.Carries(family.Family) || !up.SendsEndOfRib)
            {
                family.Forget(up.Peer);
            }
            else if (up.Restarting)
            {
                family.Convergence.Forget(up.Peer);
            }

            if (peer.Carries(family.Family) && !peer.AwaitedFilters.Contains(family.Family))
            {
                Join(peer, family);
            }
        }

        TryConverge(deadlinePassed: false);
    }

    /// <summary>See <see cref="IRibInbox.UpdatesAsync"/>. The batch goes back to its pool.</summary>
    public void Updates(UpdateBatch batch)
    {
        // A batch that was under way when its session went down is too late.
        if (_peers.TryGetValue(batch.Peer, out var peer) && peer is { Session: { } session, Limits.IsExceeded: false })
        {
            var entries = batch.Entries.AsSpan(0, batch.EntryCount);
            var now = Clock.Now;
            foreach (var family in _families)
            {
                family.In(peer.Index).Stamp = PathClock.StampOf(peer, family.Family, now);
            }

            for (var i = 0; i < entries.Length; i++)
            {
                if (i + EntriesAhead < entries.Length)
                {
                    ref readonly var ahead = ref entries[i + EntriesAhead];
                    _updates.Prefetch(batch, ahead, this[ahead.Family]);
                }

                if (peer.Carries(entries[i].Family))
                {
                    Apply(batch, entries[i], peer, session);
                }
            }

            CheckLimits(peer);
        }

        UpdateBatchPool.Return(batch);
    }

    /// <summary>See <see cref="IRibInbox.RouteRefreshAsync"/>.</summary>
    public void RouteRefresh(PeerIndex peer, RouteRefreshMessage request)
    {
        if (!_peers.TryGetValue(peer, out var known) || !known.Carries(request.Family))
        {
            return;
        }

        var family = this[request.Family];
        if (known.Session!.ReceivesFilters.Contains(request.Family))
        {
            known.Filters.TryAdd(request.Family, new ReceivedFilters());
            known.Filters[request.Family].Take(request);
        }

        if (request.IsDeferred)
        {
            return;
        }

        if (known.AwaitedFilters.Remove(request.Family))
        {
            Join(known, family);
        }
        else
        {
            family.Out.Refresh(peer, PeerTerms.KeyFor(known, request.Family), known.Session.EnhancedRefresh);
        }
    }

    /// <summary>See <see cref="IRibInbox.RefreshTimeExpiredAsync"/>.</summary>
    public void RefreshTimeExpired(PeerIndex peer, ImmutableArray<AfiSafi> families)
    {
        foreach (var family in families)
        {
            this[family].In(peer).EndRefresh();
        }
    }

    /// <summary>See <see cref="IRibInbox.OutputReadyAsync"/>.</summary>
    public void OutputReady(PeerIndex peer)
    {
        foreach (var family in _families)
        {
            family.Out.OnOutputReady(peer);
        }
    }

    /// <summary>See <see cref="IRibInbox.PeerDownAsync"/>.</summary>
    public void PeerDown(PeerIndex peer, ImmutableArray<AfiSafi> retain)
    {
        if (!_peers.TryGetValue(peer, out var known))
        {
            return;
        }

        foreach (var monitor in known.Session is null ? [] : _monitors)
        {
            monitor.OnPeerDown(known);
        }

        var keepsStale = known.Session is { NotificationRestart: true };
        known.Begin(null, Clock.Now);
        known.Limits.Reset();
        foreach (var family in _families)
        {
            family.Out.Leave(peer);
            if (retain.Contains(family.Family))
            {
                family.In(peer).MarkStale(keepsStale);
            }
            else
            {
                family.In(peer).Clear();
            }
        }
    }

    /// <summary>See <see cref="IRibInbox.RestartTimeExpiredAsync"/>.</summary>
    public void RestartTimeExpired(PeerIndex peer, ImmutableArray<AfiSafi> families)
    {
        foreach (var family in families)
        {
            this[family].In(peer).SweepStale();
        }
    }

    /// <summary>See <see cref="IRibInbox.LongLivedStaleAsync"/>.</summary>
    public void LongLivedStale(PeerIndex peer, ImmutableArray<AfiSafi> families)
    {
        foreach (var family in families)
        {
            this[family].In(peer).KeepStaleForLong();
        }
    }

    /// <summary>Selection_Deferral_Timer (RFC 4724 §4.1).</summary>
    public void DeferralTimeExpired() => TryConverge(deadlinePassed: true);

    /// <summary>Announces and withdraws routes of our own.</summary>
    public void Originate(IReadOnlyCollection<Prefix> announce, IReadOnlyCollection<Prefix> withdraw)
    {
        foreach (var prefix in withdraw)
        {
            var family = this[prefix.Family];
            family.In(PeerIndex.Local).Withdraw(family.LocRib.Prefixes.Find(prefix), pathId: 0);
        }

        foreach (var family in _families)
        {
            family.In(PeerIndex.Local).Stamp = _isStarted ? Clock.Now : 0;
        }

        foreach (var prefix in announce)
        {
            var family = this[prefix.Family];
            family.In(PeerIndex.Local).Announce(
                family.LocRib.Prefixes.FindOrAdd(prefix), pathId: 0, _localRoutes.Attributes, _localRoutes.Attributes, PathFlags.None);
        }
    }

    /// <summary>Somebody reads along from here on.</summary>
    public void AddMonitor(IRibMonitor monitor)
    {
        _monitors.Add(monitor);
        foreach (var family in _families)
        {
            family.Out.AddReader(monitor.ReaderOf(family.Family));
        }

        monitor.OnAdded();
    }

    /// <summary>Somebody reads along no more.</summary>
    public void RemoveMonitor(IRibMonitor monitor)
    {
        if (_monitors.Remove(monitor))
        {
            monitor.OnRemoved();
            foreach (var family in _families)
            {
                family.Out.RemoveReader(monitor.ReaderOf(family.Family));
            }
        }
    }

    /// <summary>Tells sinks and peers nothing from here on: the speaker goes, and its successor takes over what stands.</summary>
    public void Freeze() => _isFrozen = true;

    /// <summary>One slice of work for sinks and peers.</summary>
    /// <returns>True when there may be more to do at once.</returns>
    public bool Run()
    {
        var more = FollowNextHops();
        foreach (var family in _isFrozen ? [] : _families)
        {
            more |= family.Run();
        }

        foreach (var monitor in _monitors)
        {
            more |= monitor.Run();
        }

        return more;
    }

    /// <returns>True when there is something to walk.</returns>
    private bool FollowNextHops()
    {
        if (NextHops.Refresh() is not { } hasChanged)
        {
            return false;
        }

        NextHops.BeginCensus();
        foreach (var family in _families)
        {
            family.Walks.Add(row => _review.FollowNextHops(row, family, hasChanged), NextHops.EndCensus);
        }

        return true;
    }

    private void SetImportScopes(RibPeer peer) => peer.ImportScopes = peer.LastSession is { } session
        ? [.. _families.Select(family => PeerTerms.ImportScope(peer.Config, session, family.Family, Own.Asn))]
        : [];

    private void Reevaluate(RibPeer peer)
    {
        foreach (var family in peer.LastSession is null ? [] : _families)
        {
            family.In(peer.Index).Reevaluate(peer, _import);
        }
    }

    private void RefreshChangedGroups(RibPeer peer)
    {
        foreach (var family in _families)
        {
            if (peer.Carries(family.Family) && PeerTerms.KeyFor(peer, family.Family) is var key
                && key != family.Out.KeyOf(peer.Index))
            {
                family.Out.Refresh(peer.Index, key);
            }
        }
    }

    private void CheckLimits(RibPeer peer)
    {
        if (!peer.Config.Limits.IsEmpty)
        {
            peer.Limits.Check(peer.Config.Limits, family => this[family].In(peer.Index), peer.Session?.LimitObserver);
        }
    }

    private void Apply(UpdateBatch batch, in UpdateEntry entry, RibPeer peer, PeerUp session)
    {
        var family = this[entry.Family];
        switch (entry.Kind)
        {
            case UpdateEntryKind.Announce:
                _updates.Announce(batch, entry, peer, family);
                break;
            case UpdateEntryKind.Withdraw:
                UpdateStage.Withdraw(batch, entry, peer, family);
                break;
            case UpdateEntryKind.EndOfRib:
                family.In(peer.Index).SweepStale();
                peer.SentAll.Add(entry.Family);
                if (peer.AwaitedFilters.Remove(entry.Family))
                {
                    Join(peer, family); // RFC 5291 §6: it has had the time to say what it wants
                }

                family.Forget(peer.Index);
                foreach (var monitor in _monitors)
                {
                    monitor.OnEndOfRib(peer, entry.Family);
                }

                TryConverge(deadlinePassed: false);
                break;
            case UpdateEntryKind.BeginOfRefresh:
                // RFC 7313 §4: before End-of-RIB it means nothing, and what is stale then is the restart's.
                if (!session.SendsEndOfRib || peer.SentAll.Contains(entry.Family))
                {
                    family.In(peer.Index).BeginRefresh();
                }

                break;
            case UpdateEntryKind.EndOfRefresh:
                family.In(peer.Index).EndRefresh();
                break;
        }
    }

    private static void Join(RibPeer peer, RibFamily family)
    {
        if (peer.Session!.Output is { } output)
        {
            family.Out.Join(peer.Index, output, PeerTerms.KeyFor(peer, family.Family));
        }
    }

    private void TryConverge(bool deadlinePassed)
    {
        foreach (var family in _isStarted && !_isFrozen ? _families : [])
        {
            family.TryConverge(deadlinePassed);
        }
    }
}
