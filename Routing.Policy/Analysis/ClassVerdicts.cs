using System.Collections.Immutable;
using Routing.Policy.Model;
using Routing.Policy.Reference;
using Routing.Policy.Rules;

namespace Routing.Policy.Analysis;

/// <summary>What one cluster's policies say of classes of flows: the evaluator's verdicts, for all ports at once. A property
/// holds the two together. Not thread-safe.</summary>
public sealed partial class ClassVerdicts
{
    private readonly FlowClasses _classes;
    private readonly int _view;
    private readonly PeerTable _table;
    private readonly PeerCuts _cuts;
    private readonly Partition _peers; // of one profile at a time
    private readonly bool _asksEach;
    private readonly SideProfile?[][] _profiles; // by direction and class; null for what is no pod
    private readonly HostVerdicts _hosts;
    private readonly Dictionary<(Direction Side, int Subject, int Peer, IpFamily? Family), PortSet> _ofHosts = [];
    private readonly Dictionary<(PolicyKey Policy, Direction Direction), RuleEntry[]> _rules = [];

    /// <param name="classes">The classes.</param>
    /// <param name="view">Which cluster.</param>
    /// <param name="asksEach">Asks about each class where one of several would do: tests compare the two.</param>
    internal ClassVerdicts(FlowClasses classes, int view, bool asksEach = false)
    {
        (_classes, _view, _table, _asksEach) = (classes, view, classes.Tables[view], asksEach);
        _cuts = new PeerCuts(classes, view);
        _peers = new Partition(classes.Classes.Length);
        foreach (var policy in _table.Policies)
        {
            foreach (var direction in Enum.GetValues<Direction>())
            {
                if (policy.Rules(direction) is { } rules)
                {
                    _rules[(policy.Key, direction)] = [.. rules.Rules.Items.Where(rule => rule.Verdict != RuleVerdict.Log)
                        .Select(rule => new RuleEntry(policy, rule, _table))];
                }
            }
        }

        _profiles = [Profiles(Direction.Ingress), Profiles(Direction.Egress)];
        _hosts = new HostVerdicts(classes, view, (policy, direction) => _rules[(policy, direction)]);
    }

    /// <summary>The ports over which flows go from the one to the other, when they are not the same pod, and the one is not the
    /// node of the other.</summary>
    public PortSet Allowed(EndClass from, EndClass to, IpFamily? family) =>
        _classes.Ports.And(Allowed(Direction.Egress, from, to, family), Allowed(Direction.Ingress, from, to, family));

    /// <summary>The ports that one side lets through.</summary>
    public PortSet Allowed(Direction side, EndClass from, EndClass to, IpFamily? family)
    {
        var (subject, peer) = side == Direction.Egress ? (from, to) : (to, from);
        if (_profiles[(int)side][subject.Id] is not { } profile)
        {
            return subject.HostIn(_view, family) is { } host ? OfHost(host, side, subject, peer, family) : _classes.Ports.All;
        }

        if (profile.Tiers.Length == 0)
        {
            return _classes.Ports.All;
        }

        if (!profile.IsShared)
        {
            return Of(profile, peer, family); // most pairs are asked about once: to keep the answer costs more than to find it
        }

        ref var answer = ref profile.AnswerAt((peer.Id * 3) + (family is { } version ? (version == IpFamily.V4 ? 0 : 1) : 2));
        return answer ??= Of(profile, peer, family);
    }

    private PortSet Of(SideProfile profile, EndClass peer, IpFamily? family)
    {
        var (allowed, left) = Ask(profile, isolates: true, peer, family);
        return _classes.Ports.Or(allowed, left);
    }

    /// <summary>Cuts the other ends apart that one side may treat otherwise over an IP version.</summary>
    internal void Cut(Partition peers, Direction side, EndClass subject, IpFamily? family)
    {
        if (_asksEach || !subject.Hosts.IsEmpty)
        {
            peers.Sever();
        }
        else if (_profiles[(int)side][subject.Id] is { } profile)
        {
            _cuts.Cut(peers, profile, family);
        }
    }

    /// <summary>The policies of pods of a class, in order; none of what is no pod.</summary>
    internal IEnumerable<PolicyKey> PoliciesOf(Direction direction, EndClass one) =>
        _profiles[(int)direction][one.Id]?.Tiers.SelectMany(tier => tier.Policies) ?? [];

    /// <summary>Who decides about some ports of one side: rules, or policies that isolate (without a field); nobody when no tier
    /// decides.</summary>
    public ImmutableArray<(PolicyKey Policy, string? Field)> Deciders(
        Direction side, EndClass from, EndClass to, IpFamily? family, PortSet ports)
    {
        var (subject, peer) = side == Direction.Egress ? (from, to) : (to, from);
        var deciders = ImmutableArray.CreateBuilder<(PolicyKey, string?)>();
        if (_profiles[(int)side][subject.Id] is { } profile)
        {
            AddDeciders(profile, isolates: true, peer, family, ports, deciders);
        }
        else if (subject.HostIn(_view, family) is { } host)
        {
            var left = _classes.Ports.Without(ports, _hosts.Open(side));
            foreach (var (layer, isolates) in _hosts.Layers(host, side, subject))
            {
                left = AddDeciders(layer, isolates, peer, family, left, deciders);
            }
        }

        return deciders.ToImmutable();
    }

    /// <returns>What nobody decides.</returns>
    private PortSet AddDeciders(
        SideProfile profile, bool isolates, EndClass peer, IpFamily? family, PortSet ports,
        ImmutableArray<(PolicyKey Policy, string? Field)>.Builder deciders)
    {
        var left = ports;
        foreach (var (tier, rules, policies) in profile.Tiers)
        {
            var (unmatched, passed) = (left, _classes.Ports.None);
            foreach (var rule in rules)
            {
                var hit = _classes.Ports.And(unmatched, PortsOf(rule, profile, peer, family));
                if (!hit.IsEmpty)
                {
                    unmatched = _classes.Ports.Without(unmatched, hit);
                    if (rule.Rule.Verdict == RuleVerdict.Pass)
                    {
                        passed = _classes.Ports.Or(passed, hit);
                    }
                    else
                    {
                        deciders.Add((rule.Policy.Key, rule.Rule.Field));
                    }
                }
            }

            if (isolates && tier.Isolates && !unmatched.IsEmpty)
            {
                deciders.AddRange(policies.Select(policy => (policy, (string?)null)));
            }

            left = isolates && tier.Isolates ? passed : _classes.Ports.Or(passed, unmatched);
            if (left.IsEmpty)
            {
                break;
            }
        }

        return left;
    }

    /// <summary>The ports that a host endpoint lets through.</summary>
    private PortSet OfHost(HostEndpointView host, Direction side, EndClass subject, EndClass peer, IpFamily? family)
    {
        var key = (side, subject.Id, peer.Id, family);
        if (!_ofHosts.TryGetValue(key, out var answer))
        {
            var ports = _classes.Ports;
            answer = _hosts.Open(side);
            var left = ports.Without(ports.All, answer);
            foreach (var (layer, isolates) in _hosts.Layers(host, side, subject))
            {
                var (allowed, undecided) = Ask(layer, isolates, peer, family);
                answer = ports.Or(answer, ports.And(left, allowed));
                left = ports.And(left, undecided);
            }

            _ofHosts.Add(key, answer = host.IsOpen ? ports.Or(answer, left) : answer);
        }

        return answer;
    }

    private SideProfile?[] Profiles(Direction direction)
    {
        var known = new Dictionary<string, SideProfile>(StringComparer.Ordinal);
        var result = new SideProfile?[_classes.Classes.Length];
        foreach (var one in _classes.Classes.Where(one => !one.Pods.IsEmpty))
        {
            var pod = one.Ends[_view].Pod!;
            var policies = _table.Selecting(pod).Select(i => (Index: i, Item: _table.Policies[i]))
                .Where(policy => policy.Item.Rules(direction) is not null).ToList();
            var isOwn = policies.Exists(policy => _rules[(policy.Item.Key, direction)].Any(rule =>
                rule.Own.Length > 0 || rule.IsAskedWhole || (rule.NamesPorts && direction == Direction.Ingress)));
            var key = string.Join(',', policies.Select(policy => policy.Index)) + (isOwn ? $"/{one.Id}" : "");
            if (!known.TryGetValue(key, out var profile))
            {
                known.Add(key, profile = new SideProfile(direction,
                    [.. policies.Select(policy => policy.Item).GroupBy(_table.Cluster.TierOf).OrderBy(tier => tier.Key)
                        .Select(tier => (
                            tier.Key,
                            tier.SelectMany(policy => _rules[(policy.Key, direction)]).ToArray(),
                            tier.Select(policy => policy.Key).ToArray()))],
                    one));
            }
            else if (!profile.IsShared)
            {
                profile.Share(_classes.Classes.Length * 3);
            }

            result[one.Id] = profile;
        }

        return result;
    }

    /// <returns>The ports that rules allow, and those that no tier decides.</returns>
    private (PortSet Allowed, PortSet Left) Ask(SideProfile profile, bool isolates, EndClass peer, IpFamily? family)
    {
        var ports = _classes.Ports;
        var (left, allowed) = (ports.All, ports.None);
        for (var i = 0; i < profile.Tiers.Length; i++)
        {
            var (tier, rules, _) = profile.Tiers[i];
            var (unmatched, passed) = (left, ports.None);
            profile.IsAsked[i] |= !left.IsEmpty;
            foreach (var rule in rules)
            {
                var asked = PortsOf(rule, profile, peer, family);
                if (asked.IsEmpty)
                {
                    continue;
                }

                rule.IsMet = true;
                var hit = ports.And(unmatched, asked);
                if (hit.IsEmpty)
                {
                    continue;
                }

                rule.IsReached = true;
                unmatched = ports.Without(unmatched, hit);
                switch (rule.Rule.Verdict)
                {
                    case RuleVerdict.Allow:
                        allowed = ports.Or(allowed, hit);
                        break;
                    case RuleVerdict.Pass:
                        passed = ports.Or(passed, hit);
                        break;
                }
            }

            // On through all tiers, though nothing be left: what would have been met there is worth knowing.
            left = isolates && tier.Isolates ? passed : ports.Or(passed, unmatched);
        }

        return (allowed, left);
    }

    /// <summary>The ports over which flows with the peer meet the rule.</summary>
    private PortSet PortsOf(RuleEntry rule, SideProfile profile, EndClass peer, IpFamily? family)
    {
        var subject = profile.Subject;
        var own = profile.PortNames is { } names ? subject.Ends[_view] with { PortNames = names } : subject.Ends[_view];
        if (rule.IsAskedWhole)
        {
            var (from, to) = profile.Direction == Direction.Egress ? (subject.Example(), peer.Example()) : (peer.Example(), subject.Example());
            return _classes.Ports.Of(segment => _table.Matcher.Matches(
                rule.Rule, profile.Direction, segment.Flow(from, to), own, peer.Ends[_view], family));
        }

        if ((rule.Rule.Family is { } only && only != family)
            || (rule.Peers.Length > 0 && !IsAny(rule.Peers, peer, family))
            || (rule.Own.Length > 0 && !IsAny(rule.Own, subject, family)))
        {
            return _classes.Ports.None;
        }

        var (id, destination) = profile.Direction == Direction.Ingress ? (subject.Id, own) : (peer.Id, peer.Ends[_view]);
        var key = rule.NamesPorts ? (id, family) : (-1, null);
        if (!rule.Ports.TryGetValue(key, out var ports))
        {
            rule.Ports.Add(key, ports = _classes.Ports.Of(segment => IsPort(rule.Rule, segment, destination)));
        }

        return ports;
    }

    private bool IsAny(int[] peers, EndClass end, IpFamily? family)
    {
        // Without a family neither has an address, and what goes by address is false over both.
        var bits = family == IpFamily.V6 ? end.Peers[_view].V6 : end.Peers[_view].V4;
        foreach (var peer in peers)
        {
            if ((bits[peer >> 6] >> (peer & 63) & 1) != 0)
            {
                return true;
            }
        }

        return false;
    }

    private static bool IsPort(RuleSpec rule, PortSegment segment, ResolvedEnd destination)
    {
        var nobody = new FlowEnd.Address(new Address(IpFamily.V4, 0));
        var flow = segment.Flow(nobody, nobody);
        return (rule.Ports.Count == 0 || rule.Ports.Items.Any(spec => RuleMatcher.PortMatches(spec, flow, flow.Port, destination)))
            && !rule.NotPorts.Items.Any(spec => RuleMatcher.PortMatches(spec, flow, flow.Port, destination))
            // The sender's port has no name here: rules that name one are asked whole.
            && (rule.SourcePorts.Count == 0
                || rule.SourcePorts.Items.Any(spec => RuleMatcher.PortMatches(spec, flow, flow.SourcePort, destination)))
            && !rule.NotSourcePorts.Items.Any(spec => RuleMatcher.PortMatches(spec, flow, flow.SourcePort, destination));
    }
}
