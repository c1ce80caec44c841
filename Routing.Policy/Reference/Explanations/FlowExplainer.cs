using System.Collections.Immutable;
using System.Diagnostics;
using System.Globalization;
using Routing.Policy.Model;
using Routing.Policy.Rules;

namespace Routing.Policy.Reference.Explanations;

/// <summary>Shows the way of a flow through tiers, policies and rules. The verdict and its reasons are the evaluator's; the steps
/// are read with the same <see cref="RuleMatcher"/>.</summary>
public sealed class FlowExplainer(ClusterView cluster)
{
    private readonly PolicyEvaluator _evaluator = new(cluster);
    private readonly RuleMatcher _matcher = new(cluster);

    /// <summary>Explains a flow.</summary>
    /// <exception cref="ArgumentException">The flow names a pod that the cluster does not have.</exception>
    public FlowExplanation Explain(Flow flow)
    {
        var (from, to) = (ResolvedEnd.Of(flow.From, cluster), ResolvedEnd.Of(flow.To, cluster));
        var verdict = _evaluator.Evaluate(flow);
        return new FlowExplanation(flow, verdict, [.. verdict.Families.Select(family => new FamilyExplanation(
            family.Family,
            AddressOf(from, family.Family),
            AddressOf(to, family.Family),
            family.Allowed,
            Side(Direction.Egress, flow, from, to, family),
            Side(Direction.Ingress, flow, from, to, family))
            {
                Hosts =
                [
                    .. family.Reasons.Where(reason => reason.Layer is not null)
                        .GroupBy(reason => (Layer: reason.Layer!.Value, reason.Side, reason.End))
                        .Select(asked => Host(asked.Key.Layer, asked.Key.Side, asked.Key.End, [.. asked], flow, from, to, family.Family)),
                ],
            })]);
    }

    private SideExplanation Host(
        HostLayer layer, Direction side, string name, ImmutableArray<Reason> reasons, Flow flow, ResolvedEnd from, ResolvedEnd to,
        IpFamily? family)
    {
        var endpoint = cluster.HostEndpoints[name];
        var (subject, peer) = side == Direction.Egress ? (from, to) : (to, from);
        if (layer != HostLayer.Forward)
        {
            subject = subject with { PortNames = endpoint.NamedPorts };
        }

        var tiers = reasons.All(IsPolicies)
            ? Tiers(HostEvaluator.Policies(cluster, endpoint, layer, side), side, flow, subject, peer, family,
                isolates: layer is HostLayer.Local or HostLayer.Forward)
            : [];
        return new SideExplanation(side, name, reasons, tiers, []) { Layer = layer };
    }

    private static Address? AddressOf(ResolvedEnd end, IpFamily? family) => family is { } version ? end.Address(version) : null;

    private SideExplanation Side(Direction side, Flow flow, ResolvedEnd from, ResolvedEnd to, FamilyVerdict verdict)
    {
        var (subject, peer) = side == Direction.Egress ? (from, to) : (to, from);
        ImmutableArray<Reason> reasons = [.. verdict.Reasons.Where(reason => reason.Side == side && reason.Layer is null)];
        var selecting = subject.Pod is null ? [] : cluster.Policies.Values
            .Where(policy => !policy.IsStaged && policy.Subject is not null && _matcher.Selects(policy.Subject, subject.Pod)).ToList();
        var tiers = reasons.All(IsPolicies)
            ? Tiers(selecting.Where(policy => policy.Rules(side) is not null), side, flow, subject, peer, verdict.Family)
            : [];
        return new SideExplanation(side, subject.Text, reasons, tiers,
            [.. selecting.Where(policy => policy.Rules(side) is null).Select(policy => policy.Key)]);
    }

    /// <summary>False for what is so whatever policies say.</summary>
    private static bool IsPolicies(Reason reason) => reason.Code is ReasonCode.AllowedByRule or ReasonCode.DeniedByRule
        or ReasonCode.PassedByRule or ReasonCode.Isolated or ReasonCode.NotIsolated;

    private ImmutableArray<TierStep> Tiers(
        IEnumerable<PolicySpec> policies, Direction side, Flow flow, ResolvedEnd subject, ResolvedEnd peer, IpFamily? family,
        bool isolates = true)
    {
        var steps = ImmutableArray.CreateBuilder<TierStep>();
        var isDecided = false;
        foreach (var tier in policies.GroupBy(cluster.TierOf).OrderBy(tier => tier.Key))
        {
            RuleVerdict? first = isDecided ? RuleVerdict.Pass : null;
            var mayDecide = !isDecided;
            var asked = ImmutableArray.CreateBuilder<PolicyStep>();
            foreach (var policy in tier.OrderBy(policy => policy.Order).ThenBy(policy => policy.Key))
            {
                asked.Add(new PolicyStep(policy.Key, policy.Order, [.. policy.Rules(side)!.Rules.Items.Select(Step)]));
            }

            var outcome = isDecided ? TierOutcome.NotAsked : first switch
            {
                RuleVerdict.Allow => TierOutcome.Allowed,
                RuleVerdict.Deny => TierOutcome.Denied,
                RuleVerdict.Pass => TierOutcome.Passed,
                _ => isolates && tier.Key.Isolates ? TierOutcome.Isolated : TierOutcome.NoMatch,
            };
            steps.Add(new TierStep(tier.Key, outcome, asked.ToImmutable()));
            isDecided |= outcome is TierOutcome.Allowed or TierOutcome.Denied or TierOutcome.Isolated;

            RuleStep Step(RuleSpec rule)
            {
                var matches = _matcher.Matches(rule, side, flow, subject, peer, family);
                if (rule.Verdict == RuleVerdict.Log)
                {
                    return new RuleStep(
                        rule.Field, rule.Verdict, !matches ? RuleOutcome.NoMatch : first is null ? RuleOutcome.Logs : RuleOutcome.TooLate,
                        Conditions(rule, side, flow, subject, peer, family));
                }

                // As in the evaluator: the first match decides, and those after it that allow as well are reasons too.
                var decides = matches && mayDecide && (first is null || rule.Verdict == RuleVerdict.Allow);
                mayDecide &= !matches || rule.Verdict == RuleVerdict.Allow;
                first ??= matches ? rule.Verdict : null;
                return new RuleStep(
                    rule.Field, rule.Verdict,
                    decides ? RuleOutcome.Decides : matches ? RuleOutcome.TooLate : RuleOutcome.NoMatch,
                    Conditions(rule, side, flow, subject, peer, family));
            }
        }

        return steps.ToImmutable();
    }

    private ImmutableArray<ConditionStep> Conditions(
        RuleSpec rule, Direction side, Flow flow, ResolvedEnd subject, ResolvedEnd peer, IpFamily? family)
    {
        var (source, destination) = side == Direction.Ingress ? (peer, subject) : (subject, peer);
        var (peerPart, ownPart) = side == Direction.Ingress ? ("from", "to") : ("to", "from");
        var conditions = ImmutableArray.CreateBuilder<ConditionStep>();
        if (rule.Family is { } version)
        {
            var holds = family == version;
            conditions.Add(new ConditionStep("family", [new AlternativeStep(
                version == IpFamily.V4 ? "IPv4" : "IPv6", holds, holds ? "" : "it is another one")]));
        }

        Add(peerPart, rule.Peers, spec => Ends(spec, peer, side == Direction.Egress));
        Add(ownPart, rule.Own, spec => Ends(spec, subject, side == Direction.Ingress));
        Add("port", rule.Ports, spec => Ports(spec, flow.Port, destination));
        Add("source port", rule.SourcePorts, spec => Ports(spec, flow.SourcePort, source));
        AddExceptions("port", rule.NotPorts, flow.Port, destination);
        AddExceptions("source port", rule.NotSourcePorts, flow.SourcePort, source);
        return conditions.ToImmutable();

        void Add<T>(string part, EquatableArray<T> alternatives, Func<T, AlternativeStep> step)
        {
            if (alternatives.Count > 0)
            {
                conditions.Add(new ConditionStep(part, [.. alternatives.Items.Select(step)]));
            }
        }

        void AddExceptions(string part, EquatableArray<PortSpec> exceptions, ushort port, ResolvedEnd end)
        {
            foreach (var spec in exceptions)
            {
                var holds = !RuleMatcher.PortMatches(spec, flow, port, end);
                conditions.Add(new ConditionStep(
                    part, [new AlternativeStep($"other than {WantedOf(spec)}", holds, holds ? "" : "it is that one")]));
            }
        }

        AlternativeStep Ends(PeerSpec spec, ResolvedEnd end, bool isDestination)
        {
            var holds = _matcher.PeerMatches(spec, end, family, isDestination, flow);
            return new AlternativeStep(WantedOf(spec), holds, holds ? "" : FoundOf(spec, end, family));
        }

        AlternativeStep Ports(PortSpec spec, ushort port, ResolvedEnd end)
        {
            var holds = RuleMatcher.PortMatches(spec, flow, port, end);
            return new AlternativeStep(WantedOf(spec), holds, holds ? "" : FoundOf(spec, flow, port, end));
        }
    }

    private static string WantedOf(PeerSpec spec) => spec switch
    {
        PeerSpec.Pods pods => WantedOf(pods.Selection),
        PeerSpec.Nodes nodes => $"nodes '{nodes.Selector}'",
        PeerSpec.Service service => $"service {service.Name}",
        PeerSpec.Domains domains => $"domains {string.Join(", ", domains.Names.Items)}",
        PeerSpec.Entity entity => string.Join(" and ", new[]
        {
            entity.Selection is { } selection ? WantedOf(selection) : "",
            entity.NotSelection is { } not ? $"not {WantedOf(not)}" : "",
            entity.Nets.Count > 0 ? string.Join(", ", entity.Nets.Items) : "",
            entity.NotNets.Count > 0 ? $"not {string.Join(", ", entity.NotNets.Items)}" : "",
        }.Where(part => part.Length > 0)),
        _ => $"{spec}",
    };

    private static string WantedOf(PodSelection selection)
    {
        var scope = selection.Scope is NamespaceScope.Labelled { Selector: var all } && all.Equals(LabelSelector.Everything)
            ? "any namespace" : $"{selection.Scope}";
        return selection.Pods.Equals(LabelSelector.Everything) ? $"pods in {scope}" : $"pods '{selection.Pods}' in {scope}";
    }

    private string FoundOf(PeerSpec spec, ResolvedEnd end, IpFamily? family)
    {
        var address = family is { } version ? end.Address(version) : null;
        switch (spec)
        {
            case PeerSpec.Pods { Selection.Kinds: EndpointKinds.Pods } when end.Pod is null:
                return $"{end.Text} is no pod that policies select";
            case PeerSpec.Pods when end.Pod is null:
                return $"{end.Text} is no pod, and in no network set and of no host endpoint of these";
            case PeerSpec.Pods { Selection: var selection }:
                var home = end.Pod.Name.Namespace;
                return selection.Scope is NamespaceScope.Named named && named.Name != home
                    ? $"it is in namespace '{home}'"
                    : selection.Scope is NamespaceScope.Labelled && !InScope(selection, home)
                        ? $"namespace '{home}' has {LabelsOf(cluster.Namespaces.GetValueOrDefault(home)?.Labels ?? LabelSet.Empty)}"
                        : $"its labels are {LabelsOf(end.Pod.Labels)}{Inherited(selection, end.Pod)}";
            case PeerSpec.IpBlock or PeerSpec.Service or PeerSpec.Nodes or PeerSpec.Domains when address is null:
                return "it has no address yet";
            case PeerSpec.IpBlock block:
                return block.Cidr.Contains(address!.Value)
                    ? $"{address} is in the exception {block.Except.Items.First(hole => hole.Contains(address.Value))}"
                    : $"its address is {address}";
            case PeerSpec.Service service when !cluster.ServiceSlices.Values.Any(slice => slice.ServiceName == service.Name):
                return "it has no EndpointSlice here, which would say what its endpoints are";
            case PeerSpec.Domains:
                return cluster.Domains.IsEmpty
                    ? "what names stand for is known on a node only, from the answers of DNS that its pods got"
                    : $"DNS has not given {address} for them";
            default:
                return end.Pod is null ? $"its address is {address}"
                    : $"its address is {address}, its labels are {LabelsOf(end.Pod.Labels)}"
                        + ((spec as PeerSpec.Entity)?.Selection is { } wanted ? Inherited(wanted, end.Pod) : "");
        }
    }

    /// <summary>What the selector sees of the pod's namespace and service account, when it looks at them.</summary>
    private string Inherited(PodSelection selection, PodView pod)
    {
        var text = "";
        if (selection.Pods.Names(EndpointLabels.NamespacePrefix))
        {
            text += $", namespace '{pod.Name.Namespace}' has {LabelsOf(cluster.Namespaces.GetValueOrDefault(pod.Name.Namespace)?.Labels ?? LabelSet.Empty)}";
        }

        if (selection.Pods.Names(EndpointLabels.AccountPrefix))
        {
            var account = new NamespacedName(pod.Name.Namespace, pod.ServiceAccount);
            text += $", service account '{pod.ServiceAccount}' has {LabelsOf(cluster.ServiceAccounts.GetValueOrDefault(account)?.Labels ?? LabelSet.Empty)}";
        }

        return text;
    }

    private bool InScope(PodSelection selection, string home) =>
        selection.Scope.Matches(home, cluster.Namespaces.GetValueOrDefault(home));

    private static string LabelsOf(LabelSet labels) => labels.Items.IsEmpty ? "none" : $"{labels}";

    private static string WantedOf(PortSpec spec)
    {
        var protocol = NameOf(spec.Protocol);
        return spec switch
        {
            PortSpec.Numbers { Low: <= 1, High: ushort.MaxValue } => $"{protocol}, any port",
            PortSpec.Numbers numbers when numbers.Low == numbers.High => $"{protocol} {numbers.Low}",
            PortSpec.Numbers numbers => $"{protocol} {numbers.Low}-{numbers.High}",
            PortSpec.Named named => $"{protocol} '{named.Name}'",
            PortSpec.Icmp icmp => $"{protocol} type {icmp.Type?.ToString(CultureInfo.InvariantCulture) ?? "any"} code {icmp.Code?.ToString(CultureInfo.InvariantCulture) ?? "any"}",
            _ => throw new UnreachableException(),
        };
    }

    private static string FoundOf(PortSpec spec, Flow flow, ushort port, ResolvedEnd end)
    {
        if (spec is not PortSpec.Named named)
        {
            return $"it is {NameOf(flow.Protocol)} {port}";
        }

        if (end.Pod is not { IsSelectable: true } pod)
        {
            return $"{end.Text} is no pod and names no ports";
        }

        var numbers = pod.NamedPorts.Items.Where(port => port.Name == named.Name && port.Protocol == named.Protocol)
            .Select(port => port.Number).ToList();
        return numbers.Count == 0
            ? $"{pod.Name} has no {NameOf(named.Protocol)} port of that name"
            : $"{pod.Name} calls {string.Join(", ", numbers)} so";
    }

    private static string NameOf(TransportProtocol protocol) => $"{protocol}".ToUpperInvariant();
}
