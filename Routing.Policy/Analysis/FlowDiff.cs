using System.Collections;
using System.Collections.Immutable;
using Routing.Policy.Model;
using Routing.Policy.Rules;

namespace Routing.Policy.Analysis;

/// <summary>Compares what two clusters allow between the same pods, hosts, nodes and addresses: class by class, never pod by pod.</summary>
public sealed class FlowDiff
{
    private readonly FlowClasses _classes;
    private readonly ClassVerdicts _old;
    private readonly ClassVerdicts _new;
    private readonly HashSet<PolicyKey> _changed;
    private readonly bool _isSameCluster;
    private readonly Partition _peers;
    private readonly BitArray?[] _differing; // by sender: receivers that one side of the flow treats otherwise
    private readonly Dictionary<string, int>[] _groups; // of a class: its groups, and how many pods of each
    private readonly Dictionary<string, int> _sizes = new(StringComparer.Ordinal);
    private readonly Dictionary<Key, Found> _found = [];

    private FlowDiff(FlowClasses classes, Func<NamespacedName, string> groupOf)
    {
        (_classes, _old, _new) = (classes, classes.VerdictsOf(0), classes.VerdictsOf(1));
        var (before, after) = (classes.Tables[0].Cluster.Policies, classes.Tables[1].Cluster.Policies);
        _changed = [.. before.Keys.Concat(after.Keys)
            .Where(key => !before.TryGetValue(key, out var one) || !after.TryGetValue(key, out var other) || one != other)];
        _isSameCluster = HasSameObjects(classes.Tables[0].Cluster, classes.Tables[1].Cluster);
        _peers = new Partition(classes.Classes.Length);
        _differing = new BitArray?[classes.Classes.Length];
        _groups = [.. classes.Classes.Select(one =>
            !one.Pods.IsEmpty ? one.Pods.CountBy(groupOf).ToDictionary(StringComparer.Ordinal)
            : !one.Hosts.IsEmpty ? one.Hosts.ToDictionary(FlowMatrix.NameOfHost, _ => 1, StringComparer.Ordinal)
            : new Dictionary<string, int> { [NameOf(one)] = Math.Max(1, one.Nodes.Length) })];
        foreach (var (name, count) in _groups.SelectMany(group => group))
        {
            _sizes[name] = _sizes.GetValueOrDefault(name) + count;
        }
    }

    /// <summary>Name of the group of the nodes' own addresses.</summary>
    public const string Nodes = "(nodes)";

    /// <summary>Everything that is gained or lost, in order of the groups.</summary>
    /// <param name="classes">Made of two clusters: before, after.</param>
    /// <param name="groupOf">The group of a pod.</param>
    public static ImmutableArray<FlowChange> Of(FlowClasses classes, Func<NamespacedName, string> groupOf)
    {
        var diff = new FlowDiff(classes, groupOf);
        foreach (var subject in classes.Classes.Where(one => one.IsSubject))
        {
            diff.Compare(Direction.Egress, subject);
            diff.Compare(Direction.Ingress, subject);
        }

        foreach (var (from, receivers) in classes.Classes.Zip(diff._differing).Where(one => one.Second is not null))
        {
            foreach (var to in classes.Classes.Where(to => receivers![to.Id]))
            {
                diff.Compare(from, to);
            }
        }

        return diff.Changes();
    }

    private static string NameOf(EndClass one) => one.Nodes.IsEmpty ? FlowMatrix.World : Nodes;

    /// <summary>Finds the other ends that one side treats otherwise now: of those that neither cluster tells apart one is asked.</summary>
    private void Compare(Direction side, EndClass subject)
    {
        if (_isSameCluster && IsSame(side, subject))
        {
            return;
        }

        foreach (var family in EndClass.AllFamilies.Where(subject.Speaks))
        {
            _peers.Join();
            _old.Cut(_peers, side, subject, family);
            _new.Cut(_peers, side, subject, family);
            var differs = new bool?[_peers.Parts];
            foreach (var peer in _classes.Classes.Where(peer => subject.Meets(peer, family)))
            {
                var (from, to) = side == Direction.Egress ? (subject, peer) : (peer, subject);
                if (differs[_peers[peer.Id]] ??= _old.Allowed(side, from, to, family) != _new.Allowed(side, from, to, family))
                {
                    (_differing[from.Id] ??= new BitArray(_differing.Length))[to.Id] = true;
                }
            }
        }
    }

    private void Compare(EndClass from, EndClass to)
    {
        if (from == to && from.Pods.Length + from.Hosts.Length == 1)
        {
            return; // a pod may always reach itself, and so may a host
        }

        var families = from.FamiliesWith(to);
        foreach (var family in families)
        {
            var (before, after) = (_old.Allowed(from, to, family), _new.Allowed(from, to, family));
            if (before != after)
            {
                Note(isGained: false, from, to, family, families.Length, _classes.Ports.Without(before, after));
                Note(isGained: true, from, to, family, families.Length, _classes.Ports.Without(after, before));
            }
        }
    }

    /// <summary>True when the same policies decide for the class in both clusters, and none of them changed.</summary>
    private bool IsSame(Direction direction, EndClass one) => one.Hosts.IsEmpty
        && _old.PoliciesOf(direction, one).SequenceEqual(_new.PoliciesOf(direction, one))
        && !_new.PoliciesOf(direction, one).Any(_changed.Contains);

    /// <summary>True when the two have the same objects besides policies, so that selectors and blocks mean the same in both.</summary>
    private static bool HasSameObjects(ClusterView one, ClusterView other) =>
        Same(one.Pods, other.Pods) && Same(one.Namespaces, other.Namespaces) && Same(one.Nodes, other.Nodes) && Same(one.Tiers, other.Tiers)
        && Same(one.NetworkSets, other.NetworkSets) && Same(one.HostEndpoints, other.HostEndpoints)
        && Same(one.ServiceAccounts, other.ServiceAccounts) && Same(one.ServiceSlices, other.ServiceSlices) && Same(one.Domains, other.Domains);

    private static bool Same<TKey, TValue>(ImmutableDictionary<TKey, TValue> one, ImmutableDictionary<TKey, TValue> other)
        where TKey : notnull => one.Count == other.Count
        && one.All(pair => other.TryGetValue(pair.Key, out var value) && EqualityComparer<TValue>.Default.Equals(pair.Value, value));

    private void Note(bool isGained, EndClass from, EndClass to, IpFamily? family, int families, PortSet ports)
    {
        if (ports.IsEmpty)
        {
            return;
        }

        var causes = string.Join(',', Causes(isGained, from, to, family, ports).Order());
        foreach (var (sender, senders) in _groups[from.Id])
        {
            foreach (var (receiver, receivers) in _groups[to.Id])
            {
                var pairs = (senders * receivers) - (from == to && sender == receiver ? senders : 0);
                if (pairs > 0)
                {
                    var key = new Key(isGained, sender, receiver, ports, causes);
                    if (!_found.TryGetValue(key, out var found))
                    {
                        _found.Add(key, found = new Found([.. Causes(isGained, from, to, family, ports).Order()]));
                    }

                    found.Add(from, to, family, families, pairs);
                }
            }
        }
    }

    /// <summary>Of those who decide about the ports on a side that changed its mind, the policies that changed: first of all
    /// those with rules about them, then those that isolate.</summary>
    private HashSet<PolicyKey> Causes(bool isGained, EndClass from, EndClass to, IpFamily? family, PortSet ports)
    {
        var (allowing, denying, isolating) = (new HashSet<PolicyKey>(), new HashSet<PolicyKey>(), new HashSet<PolicyKey>());
        var (allows, denies) = isGained ? (_new, _old) : (_old, _new);
        foreach (var side in Enum.GetValues<Direction>())
        {
            var (was, now) = (_old.Allowed(side, from, to, family), _new.Allowed(side, from, to, family));
            if (_classes.Ports.And(was, ports) != _classes.Ports.And(now, ports))
            {
                allowing.UnionWith(allows.Deciders(side, from, to, family, ports).Where(one => one.Field is not null).Select(one => one.Policy));
                foreach (var (policy, field) in denies.Deciders(side, from, to, family, ports))
                {
                    (field is null ? isolating : denying).Add(policy);
                }
            }
        }

        HashSet<PolicyKey> rules = [.. allowing.Concat(denying).Where(_changed.Contains)];
        return rules.Count > 0 ? rules
            : isolating.Overlaps(_changed) ? [.. isolating.Intersect(_changed)]
            : isGained && allowing.Count > 0 ? allowing
            : denying.Count > 0 ? denying : isolating;
    }

    private ImmutableArray<FlowChange> Changes() =>
    [
        .. _found.Select(one => new FlowChange(
            one.Key.IsGained, one.Key.From, one.Key.To, one.Key.Ports,
            one.Value.Families,
            one.Value.Pairs,
            PairsOf(one.Key.From, one.Key.To),
            [.. one.Value.World.Order(Comparer<AddressRange>.Create((a, b) => (a.Family, a.Low).CompareTo((b.Family, b.Low))))],
            one.Value.Causes))
        .OrderBy(change => string.Join(',', change.Causes), StringComparer.Ordinal).ThenBy(change => change.IsGained)
        .ThenBy(change => change.From, StringComparer.Ordinal).ThenBy(change => change.To, StringComparer.Ordinal)
        .ThenBy(change => _classes.Ports.Describe(change.Ports), StringComparer.Ordinal),
    ];

    private int PairsOf(string from, string to)
    {
        var (senders, receivers) = (from == FlowMatrix.World ? 1 : _sizes[from], to == FlowMatrix.World ? 1 : _sizes[to]);
        return (senders * receivers) - (from == to ? senders : 0);
    }

    private sealed record Key(bool IsGained, string From, string To, PortSet Ports, string Causes);

    /// <summary>What adds up to a change: pairs are counted once for each IP version and range of addresses.</summary>
    private sealed class Found(ImmutableArray<PolicyKey> causes)
    {
        private readonly Dictionary<(int From, int To), (int Pairs, int Changed, int Families)> _pairs = [];
        private readonly SortedSet<IpFamily> _families = [];

        public ImmutableArray<PolicyKey> Causes { get; } = causes;

        /// <summary>Empty when every IP version that the ends share changes alike.</summary>
        public ImmutableArray<IpFamily> Families =>
            _pairs.Values.Any(pair => pair.Changed < pair.Families) ? [.. _families] : [];

        public HashSet<AddressRange> World { get; } = [];

        public int Pairs => _pairs.Values.Sum(pair => pair.Pairs);

        public void Add(EndClass from, EndClass to, IpFamily? family, int families, int pairs)
        {
            // All ranges of the world count as one end.
            var key = (from.Ranges.IsEmpty ? from.Id : -1, to.Ranges.IsEmpty ? to.Id : -1);
            var isWorld = !from.Ranges.IsEmpty || !to.Ranges.IsEmpty;
            _pairs[key] = (pairs, isWorld ? 1 : _pairs.GetValueOrDefault(key).Changed + 1, isWorld ? 1 : families);
            World.UnionWith(from.Ranges);
            World.UnionWith(to.Ranges);
            if (family is { } version)
            {
                _families.Add(version);
            }
        }
    }
}
