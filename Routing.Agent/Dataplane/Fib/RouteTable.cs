using System.Collections.Immutable;
using Routing.Agent.Netlink;
using Routing.Agent.Netlink.Route;
using Routing.Bgp.Rib.Views;
using Routing.Bgp.Wire.Iana;
using Routing.Bgp.Wire.Nlri;

namespace Routing.Agent.Dataplane.Fib;

/// <summary>The node's routes of protocol 114: what BGP learned and the pod CIDRs, against what the kernel
/// holds.</summary>
/// <remarks>
/// What it copes with:
/// <list type="bullet">
/// <item>Routes of an earlier agent carry traffic while BGP is still learning, so those that nobody has asked for yet
/// are left alone until their family has converged (RFC 4724 §4.1).</item>
/// <item>Others change our routes: <see cref="Resync"/> reads the kernel again, and the difference is repaired.</item>
/// <item>The kernel drops routes when a link goes down, for IPv4 without saying so: the loop resyncs on link
/// events.</item>
/// <item>One route the kernel refuses must not hold up the others: it stays different, and the next apply tries
/// again.</item>
/// <item>Our own pod CIDRs get an unreachable route: a packet for a pod that is not there (any more) must not follow
/// the default route back to the ToR and loop.</item>
/// </list>
/// </remarks>
internal sealed class RouteTable(IRouteNetlink netlink, INextHopResolver resolver)
{
    private readonly OwnershipPolicy _ownership = new();
    private readonly DeltaTracker<RouteKey, RouteEntry> _routes = new(IsSatisfiedBy);
    private readonly Dictionary<Prefix, BestPathChange> _learned = [];

    // Keys of wanted routes whose metric is not ours but one that a filter has set.
    private readonly Dictionary<Prefix, RouteKey> _ofOtherMetric = [];
    private readonly HashSet<AfiSafi> _converged = [];

    // Routes of the kernel that this life has not asked for: an earlier agent's, kept until the family has converged.
    private readonly HashSet<RouteKey> _inherited = [];

    /// <summary>Routes in the kernel.</summary>
    public int InstalledCount => _routes.Actual.Count;

    /// <summary>Routes that are not as they should be, without those that wait for convergence.</summary>
    public int PendingCount => _routes.Dirty.Count(key => !IsHeld(key));

    /// <summary>Reads the kernel for the first time. True when an earlier agent has left routes.</summary>
    public bool Start()
    {
        Resync();
        _inherited.UnionWith(_routes.Actual.Keys);
        return _inherited.Count > 0;
    }

    /// <summary>A best path as the RIB reports it.</summary>
    public void OnBestPath(BestPathChange best)
    {
        if (best.NextHops.IsDefaultOrEmpty)
        {
            _learned.Remove(best.Prefix);
        }
        else
        {
            _learned[best.Prefix] = best;
        }

        Want(best.Prefix);
    }

    /// <summary>This node's pod CIDRs.</summary>
    public void SetPodCidrs(ImmutableArray<Prefix> podCidrs)
    {
        var before = _ownership.PodCidrs;
        _ownership.SetPodCidrs(podCidrs);

        // A CIDR that came or went also decides about the learned prefixes inside it.
        var touched = before.Concat(podCidrs).ToList();
        var learned = _learned.Keys.Where(prefix => touched.Exists(cidr => cidr.Contains(prefix)));
        foreach (var prefix in touched.Concat(learned).Distinct().ToList())
        {
            Want(prefix);
        }
    }

    /// <summary>The family has converged: what an earlier agent left and nobody asked for is stale.</summary>
    public void OnConverged(AfiSafi family)
    {
        _converged.Add(family);
        _inherited.RemoveWhere(key => key.Prefix.Family == family);
    }

    /// <summary>The speaker starts over: what it taught us stays in the kernel until the new one has
    /// converged.</summary>
    public void OnSpeakerRestart()
    {
        _converged.Clear();
        foreach (var prefix in _learned.Keys.ToList())
        {
            _inherited.Add(KeyOf(prefix));
            _learned.Remove(prefix);
            Want(prefix);
        }

        _inherited.IntersectWith(_routes.Actual.Keys);
    }

    /// <summary>A route was written or removed in the kernel, by us or by someone else.</summary>
    /// <returns>True when it is one of ours and not as we left it, so that a <see cref="Resync"/> is due. The event
    /// itself is not believed: it may be older than a later write of ours.</returns>
    public bool IsForeignChange(RouteEntry route, bool deleted)
    {
        if (!OwnershipPolicy.Owns(route))
        {
            return false;
        }

        var known = _routes.Actual.TryGetValue(RouteKey.Of(route), out var actual);
        return deleted ? known : !known || !IsSatisfiedBy(actual!, Normalize(route));
    }

    /// <summary>Reads again what the kernel holds.</summary>
    /// <exception cref="NetlinkException">The kernel refused the dump.</exception>
    public void Resync()
    {
        _routes.ReplaceActual(netlink.ListRoutes(OwnershipPolicy.OwnRoutes).Where(OwnershipPolicy.Owns)
            .Select(route => KeyValuePair.Create(RouteKey.Of(route), Normalize(route))));
        _inherited.IntersectWith(_routes.Actual.Keys);
    }

    /// <summary>Brings the kernel to what is wanted: new and changed routes first, then those that go.</summary>
    /// <exception cref="NetlinkException">The socket failed, not a route.</exception>
    public RouteTableChange Apply()
    {
        var keys = _routes.Dirty.Where(key => !IsHeld(key)).OrderByDescending(_routes.Desired.ContainsKey).ToList();
        if (keys.Count == 0)
        {
            return RouteTableChange.None;
        }

        var outcomes = netlink.Apply([.. keys.Select(ChangeOf)]);
        var (written, removed) = (0, 0);
        var failures = ImmutableArray.CreateBuilder<NetlinkException>();
        for (var i = 0; i < keys.Count; i++)
        {
            if (outcomes[i].Error is { } error)
            {
                failures.Add(error);
            }
            else if (_routes.Desired.TryGetValue(keys[i], out var route))
            {
                _routes.SetActual(keys[i], route);
                written++;
            }
            else
            {
                _routes.RemoveActual(keys[i]); // also when someone else had removed it already
                removed++;
            }
        }

        return new RouteTableChange(written, removed, failures.ToImmutable());
    }

    private RouteChange ChangeOf(RouteKey key) => _routes.Desired.TryGetValue(key, out var route)
        ? new RouteChange.PutRoute(route) : new RouteChange.RemoveRoute(_routes.Actual[key]);

    /// <summary>Recomputes what is wanted for one prefix.</summary>
    private void Want(Prefix prefix)
    {
        if (_ownership.PodCidrs.Contains(prefix))
        {
            Want(RouteKey.Of(prefix), new RouteEntry(prefix.ToNetwork(), []) { Type = RouteType.Unreachable });
        }
        else if (_learned.TryGetValue(prefix, out var dropped) && dropped.IsBlackhole && _ownership.MayLearn(prefix))
        {
            var route = new RouteEntry(prefix.ToNetwork(), []) { Type = RouteType.Blackhole }; // RFC 7999 §3.1
            Want(RouteKey.Of(prefix, dropped.Metric), route);
        }
        else if (_learned.TryGetValue(prefix, out var best) && _ownership.MayLearn(prefix)
            && resolver.Resolve(prefix, best.NextHops, best.Weights) is { IsEmpty: false } ways)
        {
            Want(RouteKey.Of(prefix, best.Metric), new RouteEntry(prefix.ToNetwork(), ways));
        }
        else
        {
            Forget(prefix);
        }
    }

    private void Want(RouteKey key, RouteEntry route)
    {
        if (KeyOf(key.Prefix) != key)
        {
            Forget(key.Prefix); // to the kernel, another metric is another route
        }

        if (key.Metric != OwnershipPolicy.Metric)
        {
            _ofOtherMetric[key.Prefix] = key;
        }

        _inherited.Remove(key);
        _routes.SetDesired(key, Normalize(route with { Table = OwnershipPolicy.Table, Metric = key.Metric }));
    }

    private void Forget(Prefix prefix)
    {
        _routes.RemoveDesired(KeyOf(prefix));
        _ofOtherMetric.Remove(prefix);
    }

    /// <summary>The key under which a prefix is wanted, or would be.</summary>
    private RouteKey KeyOf(Prefix prefix) =>
        _ofOtherMetric.TryGetValue(prefix, out var key) ? key : RouteKey.Of(prefix);

    /// <summary>True for a route of an earlier agent that may yet be learned again.</summary>
    private bool IsHeld(RouteKey key) => _inherited.Contains(key) && !_converged.Contains(key.Prefix.Family);

    /// <summary>One spelling for equal routes: ways in a fixed order, none on a route that goes nowhere (the kernel
    /// shows an IPv6 unreachable route on the loopback).</summary>
    private static RouteEntry Normalize(RouteEntry route) => route.Type != RouteType.Unicast
        ? route with { NextHops = [] }
        : route with
        {
            NextHops = [.. route.NextHops.OrderBy(way => way.Gateway is null ? 0 : Prefix.ToInteger(way.Gateway))
                .ThenBy(way => way.IfIndex)],
        };

    /// <summary>The kernel's route does what is wanted. It names the interface it found where we left that to
    /// it.</summary>
    private static bool IsSatisfiedBy(RouteEntry desired, RouteEntry actual)
    {
        if (desired.Type != actual.Type || desired.Metric != actual.Metric || !Equals(desired.Source, actual.Source)
            || desired.NextHops.Length != actual.NextHops.Length)
        {
            return false;
        }

        for (var i = 0; i < desired.NextHops.Length; i++)
        {
            var (wanted, present) = (desired.NextHops[i], actual.NextHops[i]);
            if (!Equals(wanted.Gateway, present.Gateway) || wanted.Weight != present.Weight
                || (wanted.IfIndex is not null && wanted.IfIndex != present.IfIndex))
            {
                return false;
            }
        }

        return true;
    }
}
