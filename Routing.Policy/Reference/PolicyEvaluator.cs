using System.Collections.Immutable;
using System.Diagnostics;
using Routing.Policy.Model;
using Routing.Policy.Rules;

namespace Routing.Policy.Reference;

/// <summary>What the policies say of a flow: the specification, written to be read. It looks at every policy for every
/// question; the compiler has to agree with it, and a property test makes sure. Connections that are already
/// established are no question.
/// </summary>
public sealed class PolicyEvaluator(ClusterView cluster)
{
    /// <summary>Judges a flow and says why.</summary>
    /// <exception cref="ArgumentException">The flow names a pod that the cluster does not have.</exception>
    public FlowVerdict Evaluate(Flow flow)
    {
        var from = ResolvedEnd.Of(flow.From, cluster);
        var to = ResolvedEnd.Of(flow.To, cluster);
        var families = CommonFamilies(from, to);
        if (families.IsEmpty)
        {
            return new FlowVerdict([new FamilyVerdict(null, [
                new Reason(Direction.Egress, from.Text, ReasonCode.NoCommonFamily),
                new Reason(Direction.Ingress, to.Text, ReasonCode.NoCommonFamily)])]);
        }

        return new FlowVerdict([.. families.Select(family => new FamilyVerdict(
            family, [.. Egress(flow, from, to, family), .. Ingress(flow, from, to, family)]))]);
    }

    /// <summary>The IP versions over which a packet could go. A pod that has no address yet may get one of each; when
    /// nobody has one, there is one question for whichever it will be (null), which rules by address do not
    /// answer.</summary>
    private static ImmutableArray<IpFamily?> CommonFamilies(ResolvedEnd from, ResolvedEnd to)
    {
        if (from.Addresses.IsEmpty && to.Addresses.IsEmpty)
        {
            return [null];
        }

        return [.. Enum.GetValues<IpFamily>()
            .Where(family => from.Addresses.IsEmpty || from.Address(family) is not null)
            .Where(family => to.Addresses.IsEmpty || to.Address(family) is not null)];
    }

    private List<Reason> Egress(Flow flow, ResolvedEnd from, ResolvedEnd to, IpFamily? family)
    {
        if (from.Pod is null)
        {
            return [new Reason(Direction.Egress, from.Text, ReasonCode.NotAPod)];
        }

        if (from.Pod.Finished)
        {
            return [new Reason(Direction.Egress, from.Text, ReasonCode.Finished)];
        }

        return from.Pod.Name == to.Pod?.Name
            ? [new Reason(Direction.Egress, from.Text, ReasonCode.SamePod)]
            : Side(Direction.Egress, flow, subject: from, peer: to, family);
    }

    private List<Reason> Ingress(Flow flow, ResolvedEnd from, ResolvedEnd to, IpFamily? family)
    {
        if (to.Pod is null)
        {
            return [new Reason(Direction.Ingress, to.Text, ReasonCode.NotAPod)];
        }

        if (to.Pod.Finished)
        {
            return [new Reason(Direction.Ingress, to.Text, ReasonCode.Finished)];
        }

        if (from.Pod?.Name == to.Pod.Name)
        {
            return [new Reason(Direction.Ingress, to.Text, ReasonCode.SamePod)];
        }

        return from.Node is { Length: > 0 } node && node == to.Pod.NodeName
            ? [new Reason(Direction.Ingress, to.Text, ReasonCode.OwnNode)]
            : Side(Direction.Ingress, flow, subject: to, peer: from, family);
    }

    /// <summary>Asks the tiers in order; in each, the policies in order and the first rule that matches. The reasons are those
    /// who passed the flow on, then the one that decides; where several rules in a row allow, each of them.</summary>
    private List<Reason> Side(
        Direction direction,
        Flow flow,
        ResolvedEnd subject,
        ResolvedEnd peer,
        IpFamily? family)
    {
        var selecting = cluster.Policies.Values.Where(policy =>
            !policy.IsStaged && policy.Rules(direction) is not null
            && policy.Subject is not null && Selects(policy.Subject, subject.Pod!));
        var reasons = new List<Reason>();
        foreach (var tier in selecting.GroupBy(cluster.TierOf).OrderBy(tier => tier.Key))
        {
            var policies = tier.OrderBy(policy => policy.Order).ThenBy(policy => policy.Key).ToList();
            var matches = policies
                .SelectMany(policy => policy.Rules(direction)!.Rules.Items, (policy, rule) => (policy, rule))
                .Where(one => one.rule.Verdict != RuleVerdict.Log
                    && Matches(one.rule, direction, flow, subject, peer, family))
                .ToList();
            if (matches.Count > 0)
            {
                var verdict = matches[0].rule.Verdict;
                var deciding = matches.TakeWhile(one => one.rule.Verdict == verdict)
                    .Take(verdict == RuleVerdict.Allow ? matches.Count : 1);
                reasons.AddRange(deciding.Select(one => new Reason(
                    direction, subject.Text, CodeOf(verdict), one.policy.Key, one.rule.Field)));
                if (verdict != RuleVerdict.Pass)
                {
                    return reasons;
                }
            }
            else if (tier.Key.Isolates)
            {
                return [.. reasons, .. policies.Select(policy =>
                    new Reason(direction, subject.Text, ReasonCode.Isolated, policy.Key))];
            }
        }

        return [.. reasons, new Reason(direction, subject.Text, ReasonCode.NotIsolated)];
    }

    private static ReasonCode CodeOf(RuleVerdict verdict) => verdict switch
    {
        RuleVerdict.Allow => ReasonCode.AllowedByRule,
        RuleVerdict.Deny => ReasonCode.DeniedByRule,
        RuleVerdict.Pass => ReasonCode.PassedByRule,
        _ => throw new UnreachableException(),
    };

    private bool Matches(
        RuleSpec rule, Direction direction, Flow flow, ResolvedEnd subject, ResolvedEnd peer, IpFamily? family)
    {
        var (source, destination) = direction == Direction.Ingress ? (peer, subject) : (subject, peer);
        return (rule.Family is null || rule.Family == family)
            && (rule.Peers.Count == 0 || rule.Peers.Items.Any(
                spec => PeerMatches(spec, peer, family, isDestination: direction == Direction.Egress, flow)))
            && (rule.Own.Count == 0 || rule.Own.Items.Any(
                spec => PeerMatches(spec, subject, family, isDestination: direction == Direction.Ingress, flow)))
            && (rule.Ports.Count == 0 || rule.Ports.Items.Any(spec => PortMatches(spec, flow, flow.Port, destination)))
            && !rule.NotPorts.Items.Any(spec => PortMatches(spec, flow, flow.Port, destination))
            && (rule.SourcePorts.Count == 0
                || rule.SourcePorts.Items.Any(spec => PortMatches(spec, flow, flow.SourcePort, source)))
            && !rule.NotSourcePorts.Items.Any(spec => PortMatches(spec, flow, flow.SourcePort, source));
    }

    private bool PeerMatches(PeerSpec spec, ResolvedEnd end, IpFamily? family, bool isDestination, Flow flow)
    {
        var address = family is { } version ? end.Address(version) : null;
        return spec switch
        {
            PeerSpec.Pods pods => Selects(pods.Selection, end, address),
            PeerSpec.IpBlock block => address is { } one && block.Contains(one),
            PeerSpec.Nodes nodes => address is { } one && cluster.Nodes.Values.Any(
                node => nodes.Selector.Matches(node.Labels) && node.Addresses.Items.Contains(one)),
            PeerSpec.Entity entity => (entity.Selection is null || Selects(entity.Selection, end, address))
                && (entity.NotSelection is null || !Selects(entity.NotSelection, end, address))
                && (entity.Nets.Count == 0 || (address is { } one && entity.Nets.Items.Any(net => net.Contains(one))))
                && (entity.NotNets.Count == 0 || (address is { } other && !entity.NotNets.Items.Any(net => net.Contains(other)))),
            PeerSpec.Service service => address is { } one && cluster.ServiceSlices.Values.Any(slice =>
                slice.ServiceName == service.Name && slice.Addresses.Items.Contains(one)
                && (!isDestination || slice.Ports.Items.Any(port => PortMatches(port, flow, flow.Port, end)))),
            // What names stand for is known where the answers of DNS are seen, which is on a node.
            PeerSpec.Domains => false,
            _ => throw new UnreachableException(),
        };
    }

    private static bool PortMatches(PortSpec spec, Flow flow, ushort port, ResolvedEnd end) =>
        spec.Protocol == flow.Protocol && spec switch
        {
            PortSpec.Numbers numbers => numbers.Low <= port && port <= numbers.High,
            // What that end calls so; an address that is no pod has no names.
            PortSpec.Named named => end.Pod is { IsSelectable: true } pod
                && pod.NamedPorts.Items.Contains(new NamedPort(named.Name, named.Protocol, port)),
            PortSpec.Icmp icmp => (icmp.Type is null || icmp.Type == flow.IcmpType)
                && (icmp.Code is null || icmp.Code == flow.IcmpCode),
            _ => throw new UnreachableException(),
        };

    /// <summary>True when the end is a pod of the selection, or its address one that the selection's other endpoints
    /// have.</summary>
    private bool Selects(PodSelection selection, ResolvedEnd end, Address? address) =>
        (end.Pod is not null && Selects(selection, end.Pod))
        || (address is { } one && (
            cluster.NetworkSets.Values.Any(set =>
                set.Nets.Items.Any(net => net.Contains(one))
                && selection.Matches(set, cluster.Namespaces.GetValueOrDefault(set.Name.Namespace)))
            || cluster.HostEndpoints.Values.Any(host =>
                host.Addresses.Items.Contains(one) && selection.Matches(host))));

    private bool Selects(PodSelection selection, PodView pod) =>
        selection.Matches(
            pod,
            cluster.Namespaces.GetValueOrDefault(pod.Name.Namespace),
            cluster.ServiceAccounts.GetValueOrDefault(new NamespacedName(pod.Name.Namespace, pod.ServiceAccount)));
}
