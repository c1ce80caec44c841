using Routing.Policy.Model;
using Routing.Policy.Rules;

namespace Routing.Policy.Reference;

/// <summary>
/// What the policies of host endpoints say of a flow on its way from node to node: a part of the specification.
/// <code>
///   process ── Untracked, Local ──► link ──► Untracked, PreDnat, Local ── process
///   pod ── Forward in, out ──► link ──► Untracked, PreDnat, Forward in, out ── pod
/// </code>
/// </summary>
/// <remarks>A flow does not say by which interface of a node it goes: without a <see cref="HostLink"/> it is taken to be the one that
/// has the node's address. The destination is the one after translation, also where preDNAT policies are asked.</remarks>
internal sealed class HostEvaluator(ClusterView cluster, FailsafePorts failsafes, TierWalk tiers, HostLink? link)
{
    private readonly ClusterView _cluster = cluster;
    private readonly FailsafePorts _failsafes = failsafes;
    private readonly TierWalk _tiers = tiers;
    private readonly HostLink? _link = link;

    /// <summary>The reasons, in the order of the way; none where there is no host endpoint.</summary>
    public List<Reason> Evaluate(Flow flow, ResolvedEnd from, ResolvedEnd to, IpFamily? family)
    {
        var reasons = new List<Reason>();
        var (source, destination) = (NodeOf(from), NodeOf(to));
        if (_cluster.HostEndpoints.IsEmpty)
        {
            return reasons;
        }

        var trip = new Trip(this, flow, from, to, family, reasons);
        if (source is not null && source == destination)
        {
            // Between two pods of a node; what a node has with itself and its pods is no host endpoint's.
            if (from.Pod is not null && to.Pod is not null && from.Pod.Name != to.Pod.Name)
            {
                trip.Through(OfAll(source), OfAll(source), isFromPod: true);
            }

            return reasons;
        }

        if (source is not null)
        {
            if (from.Pod is not null)
            {
                trip.Through(OfAll(source), Of(source, null, family), isFromPod: true);
            }
            else
            {
                trip.Out(Of(source, from, family));
            }
        }

        if (destination is not null && !reasons.Exists(reason => reason.Denies))
        {
            if (to.Pod is not null)
            {
                trip.Through(Of(destination, null, family), OfAll(destination), isFromPod: false);
            }
            else
            {
                trip.In(Of(destination, to, family));
            }
        }

        return reasons;
    }

    /// <summary>The policies of a host endpoint at a place of a packet's way.</summary>
    public static IEnumerable<PolicySpec> Policies(
        ClusterView cluster, HostEndpointView endpoint, HostLayer layer, Direction direction) =>
        cluster.Policies.Values.Where(policy => !policy.IsStaged && policy.Rules(direction) is not null
            && policy.IsOf(layer, direction) && policy.Subject?.Matches(endpoint) == true);

    /// <summary>The host endpoint of a node's interface with an address: one that expects the address, else the one of all
    /// interfaces, else the only one there is when it does not say what it expects.</summary>
    public static HostEndpointView? EndpointOf(ClusterView cluster, string node, Address? address)
    {
        var all = cluster.HostEndpoints.Values.Where(endpoint => endpoint.NodeName == node).ToList();
        return HostEndpointView.First(all.Where(endpoint =>
                !endpoint.IsOfAll && address is { } one && endpoint.Addresses.Items.Contains(one)))
            ?? HostEndpointView.First(all.Where(endpoint => endpoint.IsOfAll))
            ?? (all is [{ Addresses.Count: 0 } only] ? only : null);
    }

    private HostEndpointView? Of(string node, ResolvedEnd? end, IpFamily? family) => _link is not null ? _link.Endpoint : EndpointOf(
        _cluster, node, family is not { } version ? null
        : end is not null ? end.Address(version)
        : _cluster.Nodes.GetValueOrDefault(node)?.Addresses.Items.Select(one => (Address?)one)
            .FirstOrDefault(one => one!.Value.Family == version));

    private HostEndpointView? OfAll(string node) => HostEndpointView.First(
        _cluster.HostEndpoints.Values.Where(endpoint => endpoint.NodeName == node && endpoint.IsOfAll));

    private string? NodeOf(ResolvedEnd end)
    {
        var node = end.Pod is { NodeName.Length: > 0 } pod ? pod.NodeName : end.Pod is null ? end.Node : null;
        return _link is null || node == _link.Node ? node : null;
    }

    /// <summary>One flow, with what was said of it so far.</summary>
    private sealed class Trip(
        HostEvaluator owner, Flow flow, ResolvedEnd from, ResolvedEnd to, IpFamily? family, List<Reason> reasons)
    {
        public void Out(HostEndpointView? endpoint)
        {
            if (endpoint is not null && !IsNeighbours && Asks(endpoint, HostLayer.Untracked, Direction.Egress) is null)
            {
                Asks(endpoint, HostLayer.Local, Direction.Egress);
            }
        }

        public void In(HostEndpointView? endpoint)
        {
            if (endpoint is not null && !IsNeighbours && Before(endpoint) is null)
            {
                Asks(endpoint, HostLayer.Local, Direction.Ingress);
            }
        }

        public void Through(HostEndpointView? input, HostEndpointView? output, bool isFromPod)
        {
            var said = input is null ? null : isFromPod || IsNeighbours ? null : Before(input);
            if (said == false)
            {
                return;
            }

            if (input is not null && said is null && Asks(input, HostLayer.Forward, Direction.Ingress) == false)
            {
                return;
            }

            if (output is not null)
            {
                Asks(output, HostLayer.Forward, Direction.Egress);
            }
        }

        /// <summary>Before tracking and before translation.</summary>
        private bool? Before(HostEndpointView endpoint) =>
            Asks(endpoint, HostLayer.Untracked, Direction.Ingress) ?? Asks(endpoint, HostLayer.PreDnat, Direction.Ingress);

        /// <summary>Neighbour discovery and multicast listeners pass whatever the policies say.</summary>
        private bool IsNeighbours => flow is { Protocol: TransportProtocol.IcmpV6, IcmpType: (>= 130 and <= 137) or 143 };

        /// <returns>Null when nothing is decided there.</returns>
        private bool? Asks(HostEndpointView endpoint, HostLayer layer, Direction direction)
        {
            var isLocal = layer == HostLayer.Local;
            if (layer != HostLayer.Forward && IsFailsafe(layer, direction))
            {
                return isLocal ? Add(true, [Of(ReasonCode.Failsafe)]) : null;
            }

            var (subject, peer) = direction == Direction.Ingress ? (to, from) : (from, to);
            if (layer != HostLayer.Forward)
            {
                subject = subject with { PortNames = endpoint.NamedPorts };
            }

            var isolates = layer is HostLayer.Forward or HostLayer.Local;
            var policies = Policies(owner._cluster, endpoint, layer, direction).ToList();
            var said = owner._tiers.Ask(policies, direction, flow, subject, peer, family, isolates, out var isDecided)
                .ConvertAll(reason => reason with { End = endpoint.Name, Layer = layer });
            return isDecided && policies.Count > 0 ? Add(!said.Exists(reason => reason.Denies), said)
                : isLocal ? Add(endpoint.IsOpen, [.. said, Of(endpoint.IsOpen ? ReasonCode.NotIsolated : ReasonCode.ClosedHost)])
                : layer == HostLayer.Forward && policies.Count > 0 ? Add(true, [.. said, Of(ReasonCode.NotIsolated)])
                : null;

            Reason Of(ReasonCode code) => new(direction, endpoint.Name, code) { Layer = layer };

            bool? Add(bool allows, List<Reason> more)
            {
                reasons.AddRange(more);
                return allows;
            }
        }

        private bool IsFailsafe(HostLayer layer, Direction direction)
        {
            var other = direction == Direction.Ingress ? Direction.Egress : Direction.Ingress;
            return Holds(owner._failsafes.Of(direction), flow.Port)
                || (layer == HostLayer.Untracked && Holds(owner._failsafes.Of(other), flow.SourcePort));
        }

        private bool Holds(EquatableArray<PortSpec.Numbers> ports, ushort port) =>
            ports.Items.Any(one => one.Protocol == flow.Protocol && one.Low <= port && port <= one.High);
    }
}
