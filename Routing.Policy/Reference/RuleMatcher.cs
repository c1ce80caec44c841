using System.Diagnostics;
using Routing.Policy.Model;
using Routing.Policy.Rules;

namespace Routing.Policy.Reference;

/// <summary>Whether a rule, or one condition of it, holds for a flow. The one place that says so: the evaluator decides by it,
/// explanations show it condition by condition, and flow classes are made with it.</summary>
internal sealed class RuleMatcher(ClusterView cluster)
{
    /// <summary>True when every condition of the rule holds.</summary>
    /// <param name="rule">A rule of a policy of the subject.</param>
    /// <param name="direction">The direction it is one of.</param>
    /// <param name="flow">Protocol and ports.</param>
    /// <param name="subject">The end whose policy it is.</param>
    /// <param name="peer">The other end.</param>
    /// <param name="family">The IP version; null when neither end has an address yet.</param>
    public bool Matches(
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

    /// <summary>True when the end is one of those meant.</summary>
    /// <param name="spec">Who is meant.</param>
    /// <param name="end">The end.</param>
    /// <param name="family">The IP version.</param>
    /// <param name="isDestination">Whether the flow goes to it: a Service is meant with its ports there.</param>
    /// <param name="flow">Protocol and ports.</param>
    public bool PeerMatches(PeerSpec spec, ResolvedEnd end, IpFamily? family, bool isDestination, Flow flow)
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
            PeerSpec.Domains domains => address is { } one && domains.Names.Items.Any(
                name => cluster.Domains.TryGetValue(name, out var known) && known.Contains(one)),
            _ => throw new UnreachableException(),
        };
    }

    /// <summary>True when the port is one of those meant.</summary>
    /// <param name="spec">What is meant.</param>
    /// <param name="flow">The protocol, and the message of ICMP.</param>
    /// <param name="port">That of the end.</param>
    /// <param name="end">Whose port it is: it says what names are.</param>
    public static bool PortMatches(PortSpec spec, Flow flow, ushort port, ResolvedEnd end) =>
        spec.Protocol == flow.Protocol && spec switch
        {
            PortSpec.Numbers numbers => numbers.Low <= port && port <= numbers.High,
            PortSpec.Named named => end.PortNames.Items.Contains(new NamedPort(named.Name, named.Protocol, port)),
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
                (set.Nets.Items.Any(net => net.Contains(one)) || (set.IsIncomplete && selection.Kinds.HasFlag(EndpointKinds.UnreadNets)))
                && selection.Matches(set, cluster.Namespaces.GetValueOrDefault(set.Name.Namespace)))
            || cluster.HostEndpoints.Values.Any(host =>
                host.Addresses.Items.Contains(one) && selection.Matches(host))));

    /// <summary>True when the pod is one of the selection.</summary>
    public bool Selects(PodSelection selection, PodView pod) =>
        selection.Matches(
            pod,
            cluster.Namespaces.GetValueOrDefault(pod.Name.Namespace),
            cluster.ServiceAccounts.GetValueOrDefault(new NamespacedName(pod.Name.Namespace, pod.ServiceAccount)));
}
