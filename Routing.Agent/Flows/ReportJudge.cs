using System.Collections.Immutable;
using Routing.Policy.Model;
using Routing.Policy.Reference;
using Routing.Policy.Reference.Explanations;
using Routing.Policy.Rules;

namespace Routing.Agent.Flows;

/// <summary>Finds out who the ends of a reported flow are and which rules decided, by asking the evaluator what the policies say
/// of such a packet. They are those of the moment of asking; that they do not say what became of the packet is said
/// too.</summary>
/// <param name="cluster">All that decides the flows asked about.</param>
internal sealed class ReportJudge(ClusterView cluster)
{
    private readonly PolicyEvaluator _evaluator = new(cluster);
    private readonly FlowExplainer _explainer = new(cluster);
    private readonly PolicyEvaluator? _staged =
        cluster.Policies.Values.Any(policy => policy.IsStaged) ? new(cluster.WithStaged()) : null;

    /// <summary>The record of a flow.</summary>
    public FlowRecord Judge(FlowKey key, DateTimeOffset first, long packets)
    {
        var record = Bare(key, first, packets) with { From = Peer(key.Header.Source), To = Peer(key.Header.Destination) };
        switch (key.Chain)
        {
            case FlowKey.CheckSource:
                return record with { Reason = FlowReason.ForeignSource };
            case FlowKey.FromPod or FlowKey.ToPod:
                return record with { Reason = FlowReason.UnknownPod };
            case FlowKey.ResumedFromPod or FlowKey.ResumedToPod or FlowKey.ResumedFromHost or FlowKey.ResumedToHost:
                return record with { Reason = FlowReason.Resumed };
        }

        var flow = new Flow(
            new FlowEnd.Address(key.Header.Source), new FlowEnd.Address(key.Header.Destination), key.Header.Protocol,
            key.Header.DestinationPort)
        {
            IcmpType = key.Header.IcmpType,
            IcmpCode = key.Header.IcmpCode,
        };
        var (allowed, reason, rules) = Ask(_evaluator, flow, key.Direction);
        record = key.Verdict switch
        {
            ReportedVerdict.Log => record with { Reason = FlowReason.Logged, Rules = Logging(flow, key.Direction) },
            ReportedVerdict.Allow when allowed => record with { Reason = reason, Rules = rules },
            ReportedVerdict.Deny when !allowed => record with { Reason = reason, Rules = rules },
            _ => record with { Reason = FlowReason.Changed },
        };
        return _staged is null ? record : WithStaged(record, flow, allowed);
    }

    /// <summary>The record of a flow that nobody is asked about.</summary>
    public static FlowRecord Bare(FlowKey key, DateTimeOffset first, long packets) => new()
    {
        Time = first,
        Direction = key.Direction,
        Verdict = key.Verdict,
        From = new FlowPeer(key.Header.Source),
        To = new FlowPeer(key.Header.Destination),
        Header = key.Header,
        Packets = packets,
    };

    private FlowRecord WithStaged(FlowRecord record, Flow flow, bool allowed)
    {
        var (would, _, rules) = Ask(_staged!, flow, record.Direction);
        return would == allowed ? record : record with
        {
            Staged = would ? ReportedVerdict.Allow : ReportedVerdict.Deny,
            StagedRules = rules,
        };
    }

    private static (bool Allowed, FlowReason Reason, ImmutableArray<FlowRule> Rules) Ask(
        PolicyEvaluator evaluator, Flow flow, Direction direction)
    {
        var reasons = evaluator.Evaluate(flow).Families.SelectMany(family => family.Reasons)
            .Where(reason => reason.Side == direction && reason.Code is not ReasonCode.PassedByRule).ToList();
        var allowed = !reasons.Any(reason => reason.Denies);
        var deciding = reasons.Where(reason => reason.Denies != allowed).ToList();
        return (
            allowed,
            deciding is [var first, ..] ? ReasonOf(first.Code) : FlowReason.Changed,
            [.. deciding.Where(reason => reason.Policy is not null)
                .Select(reason => new FlowRule(reason.Policy!.Value, reason.Field ?? ""))]);
    }

    /// <summary>The rules that ask for a packet to be written down, up to the one that decides.</summary>
    private ImmutableArray<FlowRule> Logging(Flow flow, Direction direction) =>
    [
        .. _explainer.Explain(flow).Families
            .SelectMany(family => (direction == Direction.Ingress ? family.Ingress : family.Egress).Tiers)
            .SelectMany(tier => tier.Policies)
            .SelectMany(policy => policy.Rules, (policy, rule) => (policy.Policy, Rule: rule))
            .Where(one => one.Rule.Outcome == RuleOutcome.Logs)
            .Select(one => new FlowRule(one.Policy, one.Rule.Field)),
    ];

    private static FlowReason ReasonOf(ReasonCode code) => code switch
    {
        ReasonCode.DeniedByRule => FlowReason.DeniedByRule,
        ReasonCode.Isolated => FlowReason.Isolated,
        ReasonCode.ClosedHost => FlowReason.ClosedHost,
        ReasonCode.AllowedByRule => FlowReason.AllowedByRule,
        ReasonCode.NotIsolated or ReasonCode.NotAPod or ReasonCode.SamePod or ReasonCode.OwnNode or ReasonCode.Failsafe =>
            FlowReason.NotIsolated,
        _ => FlowReason.Changed,
    };

    private FlowPeer Peer(Address address)
    {
        var pod = cluster.Pods.Values.Where(pod => pod.IsSelectable && pod.Addresses.Items.Contains(address))
            .Select(pod => (NamespacedName?)pod.Name).Order().FirstOrDefault();
        var node = pod is null
            ? cluster.Nodes.Values.FirstOrDefault(node => node.Addresses.Items.Contains(address))?.Name
            : null;
        return new FlowPeer(address, pod, node);
    }
}
