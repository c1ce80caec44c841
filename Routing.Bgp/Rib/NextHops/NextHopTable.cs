using System.Collections.Immutable;
using Routing.Bgp.Rib.Decision;
using Routing.Bgp.Rib.Tables;
using Routing.Bgp.Wire.Iana;
using Routing.Bgp.Wire.Nlri;

namespace Routing.Bgp.Rib.NextHops;

/// <summary>The next hops of all paths and how each is reached (RFC 4271 §9.1.2.1): by the longest of the interior routes and
/// our own best paths, whose next hops are followed in turn.</summary>
/// <remarks>
/// Until somebody says what the interior routes are, every next hop counts as reachable at no cost, and nothing is looked up.
/// <list type="bullet">
/// <item>Next hops are few where routes are many: each is resolved when its first path comes, and all again when interior
/// routes or best paths have changed (<see cref="Refresh"/>).</item>
/// <item>A path never helps to reach its own next hop, directly or round a corner: the next shorter route is asked.</item>
/// <item>Beyond <see cref="MostKnown"/> next hops the others are resolved once, when their paths come, and not kept.</item>
/// </list>
/// </remarks>
internal sealed class NextHopTable(AttributeTable attributes, PathSources sources)
{
    /// <summary>Next hops that are followed: what a peer with one of its own for every route can cost us.</summary>
    public const int MostKnown = 16384;

    /// <summary>Paths followed from a next hop to a link of ours.</summary>
    private const int MostSteps = 8;

    private readonly Dictionary<UInt128, NextHopReach> _known = [];
    private readonly List<UInt128> _followed = new(MostSteps);
    private InteriorRoutes? _given; // by whoever knows
    private InteriorRoutes? _routes; // what is gone by: the same, unless it is switched off
    private bool _isOn = true;
    private ImmutableArray<LocRib> _tables = [];
    private long _changesSeen;
    private bool _isStale;
    private bool _isNew; // what came before has not been looked at
    private HashSet<UInt128>? _used; // during a walk
    private int _walks;

    /// <summary>Somebody has said what the interior routes are, and next hops are to be resolved.</summary>
    public bool IsUsed => _routes is not null;

    /// <summary>The tables whose best paths lead to next hops too.</summary>
    public void Attach(ImmutableArray<LocRib> tables) => _tables = tables;

    /// <summary>What the interior routes are from now on; null when nobody knows any more.</summary>
    public void SetRoutes(InteriorRoutes? routes)
    {
        _given = routes;
        Apply();
    }

    /// <summary>Some of the interior routes are others.</summary>
    public void Change(IReadOnlyCollection<InteriorRouteChange> changes)
    {
        foreach (var change in changes)
        {
            _given?.Change(change);
        }

        _isStale = true;
    }

    /// <summary>Whether next hops are resolved at all; off, it is as if nobody knew the interior routes.</summary>
    public void Switch(bool on)
    {
        if (on != _isOn)
        {
            _isOn = on;
            Apply();
        }
    }

    /// <summary>How a next hop is reached.</summary>
    /// <param name="nextHop">0 for our own routes, which need none.</param>
    public NextHopReach Of(UInt128 nextHop)
    {
        if (_routes is null || nextHop == 0 || NextHopCheck.IsLinkLocal(nextHop))
        {
            return NextHopReach.OnLink;
        }

        _used?.Add(nextHop); // of a path that may come where the walk has been
        if (!_known.TryGetValue(nextHop, out var reach))
        {
            reach = Resolve(nextHop);
            if (_known.Count < MostKnown)
            {
                _known.Add(nextHop, reach);
            }
        }

        return reach;
    }

    /// <summary>What its next hop says of a path with these attributes.</summary>
    public PathFlags FlagsOf(int set) =>
        _routes is null || Of(attributes.Inputs(set).NextHop).IsReachable ? PathFlags.None : PathFlags.Unreachable;

    /// <summary>The interior cost of a path with these attributes.</summary>
    public uint CostOf(int set) => _routes is null ? 0 : Of(attributes.Inputs(set).NextHop).Cost;

    /// <summary>Resolves all again, if anything has changed that they go by.</summary>
    /// <returns>Whether a next hop is reached otherwise than before; null when all are as they were.</returns>
    public Predicate<UInt128>? Refresh()
    {
        var changes = 0L;
        foreach (var table in _routes is null ? [] : _tables)
        {
            changes += table.Journal.End;
        }

        if (!_isStale && (_routes is null || changes == _changesSeen))
        {
            return null;
        }

        (_isStale, _changesSeen) = (false, changes);
        HashSet<UInt128>? changed = null;
        foreach (var (nextHop, before) in _known)
        {
            var reach = _routes is null ? NextHopReach.OnLink : Resolve(nextHop);
            if (!reach.Equals(before))
            {
                _known[nextHop] = reach; // replacing a value does not disturb the walk
                (changed ??= []).Add(nextHop);
            }
        }

        if (_isNew)
        {
            _isNew = false;
            return static _ => true;
        }

        return changed is null ? null : changed.Contains;
    }

    /// <summary>A walk over all paths begins, which counts the next hops that are in use.</summary>
    public void BeginCensus() => (_used, _walks) = (_used ?? [], _walks + _tables.Length);

    /// <summary>A path has this next hop.</summary>
    public void Count(UInt128 nextHop) => _used?.Add(nextHop);

    /// <summary>The walk over one of the tables is over. After the last, next hops that no path has are forgotten.</summary>
    public void EndCensus()
    {
        if (--_walks > 0 || _used is null)
        {
            return;
        }

        foreach (var nextHop in _known.Keys.Where(nextHop => !_used.Contains(nextHop)).ToList())
        {
            _known.Remove(nextHop);
        }

        _used = null;
    }

    private void Apply()
    {
        var routes = _isOn ? _given : null;
        _isNew |= (_routes is null) != (routes is null);
        (_routes, _isStale) = (routes, true);
    }

    private NextHopReach Resolve(UInt128 nextHop)
    {
        _followed.Clear();
        _followed.Add(nextHop);
        return Follow(nextHop, isFirst: true);
    }

    private NextHopReach Follow(UInt128 address, bool isFirst)
    {
        var family = address <= uint.MaxValue ? AfiSafi.IPv4Unicast : AfiSafi.IPv6Unicast;
        for (var length = family == AfiSafi.IPv4Unicast ? 32 : 128; length >= 0; length--)
        {
            var prefix = Prefix.Create(family, address, length);
            if (_routes!.Find(prefix) is { } route)
            {
                return !route.IsReachable ? NextHopReach.Unreachable
                    : !route.Gateways.IsEmpty ? new NextHopReach(true, route.Cost, route.Gateways)
                    : new NextHopReach(true, route.Cost, isFirst ? [] : [Prefix.ToAddress(family, address)]);
            }

            if (ThroughBestPath(family, prefix) is { IsReachable: true } reach)
            {
                return reach;
            }
        }

        return NextHopReach.Unreachable;
    }

    /// <summary>Through our own best path to exactly this prefix; null when there is none, or it would lead in a
    /// circle.</summary>
    private NextHopReach? ThroughBestPath(AfiSafi family, Prefix prefix)
    {
        var table = _tables[family == AfiSafi.IPv4Unicast ? 0 : 1];
        var row = table.Prefixes.Find(prefix);
        var best = row == 0 ? 0 : table.BestOf(row);
        if (best == 0 || table.Paths[best].Peer == PeerIndex.Local.Value)
        {
            return null;
        }

        var next = attributes.Inputs(table.Paths[best].Attributes).NextHop;
        if (NextHopCheck.IsLinkLocal(next))
        {
            var gateway = Prefix.ToAddress(AfiSafi.IPv6Unicast, next);
            gateway.ScopeId = sources[table.Paths[best].Peer].Scope;
            return new NextHopReach(true, 0, [gateway]);
        }

        if (_followed.Count > MostSteps || _followed.Contains(next))
        {
            return null;
        }

        _followed.Add(next);
        return Follow(next, isFirst: false);
    }
}
