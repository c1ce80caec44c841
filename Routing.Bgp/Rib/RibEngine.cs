using System.Collections.Immutable;
using Routing.Bgp.Rib.Import;
using Routing.Bgp.Rib.Tables;
using Routing.Bgp.Rib.Views;
using Routing.Bgp.RoutePolicy;
using Routing.Bgp.Wire.Nlri;

namespace Routing.Bgp.Rib;

/// <summary>Everything between the sessions' updates and the sessions' outputs. Single threaded: <see cref="RibLoop"/> owns
/// it.</summary>
/// <remarks><code>
/// UpdateBatch > UpdateStage: intern attributes > ImportStage > LocRib: paths, decision > journal > update groups > outputs
///                                                                                               > best path sinks
/// </code></remarks>
internal sealed class RibEngine
{
    private readonly LocalRoutes _localRoutes;
    private readonly ImportStage _import;
    private readonly PathReview _review;

    public RibEngine(RibConfig config, ImmutableArray<IBestPathSink> sinks)
    {
        Tables = new RibTables(config, sinks);
        Monitors = new RibMonitors(Tables);
        Sessions = new RibSessions(Tables, Monitors);
        _localRoutes = new LocalRoutes(Tables.Attributes);
        _import = new ImportStage(Tables.Attributes, Tables.Policies, Tables.NextHops);
        _review = new PathReview(Tables, _import);
        Updates = new UpdateStage(Tables, _import, Sessions);
    }

    /// <summary>What there is.</summary>
    public RibTables Tables { get; }

    /// <summary>Who reads it along.</summary>
    public RibMonitors Monitors { get; }

    /// <summary>What the sessions say of themselves.</summary>
    public RibSessions Sessions { get; }

    /// <summary>What they bring.</summary>
    public UpdateStage Updates { get; }

    /// <summary>A neighbour was configured, or appeared out of a range.</summary>
    public void AddPeer(PeerIndex peer, RibPeerConfig config) => Tables.Add(new RibPeer(peer, config));

    /// <summary>A neighbour is gone for good.</summary>
    public void RemovePeer(PeerIndex peer) => Tables.Remove(peer);

    /// <summary>All peers of the first configuration are known: from here on, convergence is a matter of End-of-RIB.</summary>
    public void Start() => Tables.Start();

    /// <summary>Selection_Deferral_Timer (RFC 4724 §4.1).</summary>
    public void DeferralTimeExpired() => Tables.TryConverge(deadlinePassed: true);

    /// <summary>Tells sinks and peers nothing from here on: the speaker goes, and its successor takes over what stands.</summary>
    public void Freeze() => Tables.Freeze();

    /// <summary>Filters and roles changed without the session ending: routes held and told are judged again.</summary>
    public void ChangePeer(PeerIndex peer, RibPeerConfig config)
    {
        var known = Tables.Peers[peer];
        var before = known.Config;
        known.Config = config;
        if (!before.Limits.SequenceEqual(config.Limits))
        {
            known.Limits.Reset();
            known.Limits.Check(known, Tables);
        }

        if (!before.Import.Equals(config.Import) || before.ImportProfile != config.ImportProfile)
        {
            known.ImportScopes = PeerTerms.ImportScopes(known, Tables.Own);
            Reevaluate(known);
        }

        if (known.Session is { } session && Tables.Sources[peer.Value] != PeerTerms.SourceOf(config, session))
        {
            Tables.Sources.Set(peer, PeerTerms.SourceOf(config, session));
            foreach (var family in Tables.Families)
            {
                family.Out.RefreshAll();
            }
        }

        RefreshChangedGroups(known);
        Monitors.OnExportChanged(known);
    }

    /// <summary>What is known from the RPKI has changed: routes that it may concern, of policies that ask, are judged again
    /// as they were received. No neighbour is asked to send anything (RFC 9324 §3).</summary>
    /// <param name="validity">What is known now.</param>
    /// <param name="isConcerned">The prefixes whose origin validity may be another.</param>
    /// <param name="pathsConcerned">The validity of any AS path may be another.</param>
    public void ChangeValidity(IRouteValidity validity, Predicate<Prefix> isConcerned, bool pathsConcerned)
    {
        Tables.Policies.Validity = validity;
        foreach (var family in Tables.Families)
        {
            family.Walks.Add(row => _review.ChangeValidity(row, family, isConcerned, pathsConcerned));
            foreach (var peer in Tables.Peers.Values)
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

    /// <summary>Announces and withdraws routes of our own.</summary>
    public void Originate(IReadOnlyCollection<Prefix> announce, IReadOnlyCollection<Prefix> withdraw)
    {
        foreach (var prefix in withdraw)
        {
            var family = Tables[prefix.Family];
            family.In(PeerIndex.Local).Withdraw(family.LocRib.Prefixes.Find(prefix), pathId: 0);
        }

        foreach (var family in Tables.Families)
        {
            family.In(PeerIndex.Local).Stamp = Tables.IsStarted ? Tables.Clock.Now : 0;
        }

        foreach (var prefix in announce)
        {
            var family = Tables[prefix.Family];
            family.In(PeerIndex.Local).Announce(
                family.LocRib.Prefixes.FindOrAdd(prefix), pathId: 0, _localRoutes.Attributes, _localRoutes.Attributes, PathFlags.None);
        }
    }

    /// <summary>One slice of work for sinks and peers.</summary>
    /// <returns>True when there may be more to do at once.</returns>
    public bool Run()
    {
        var more = FollowNextHops();
        foreach (var family in Tables.TellingFamilies)
        {
            more |= family.Run();
        }

        return Monitors.Run() || more;
    }

    /// <returns>True when there is something to walk.</returns>
    private bool FollowNextHops()
    {
        if (Tables.NextHops.Refresh() is not { } hasChanged)
        {
            return false;
        }

        Tables.NextHops.BeginCensus();
        foreach (var family in Tables.Families)
        {
            family.Walks.Add(row => _review.FollowNextHops(row, family, hasChanged), Tables.NextHops.EndCensus);
        }

        return true;
    }

    private void Reevaluate(RibPeer peer)
    {
        foreach (var family in peer.LastSession is null ? [] : Tables.Families)
        {
            family.In(peer.Index).Reevaluate(peer, _import);
        }
    }

    private void RefreshChangedGroups(RibPeer peer)
    {
        foreach (var family in Tables.Families)
        {
            if (peer.Carries(family.Family) && PeerTerms.KeyFor(peer, family.Family) is var key
                && key != family.Out.KeyOf(peer.Index))
            {
                family.Out.Refresh(peer.Index, key);
            }
        }
    }
}
