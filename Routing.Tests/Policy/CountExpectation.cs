using Routing.Policy.Compile;
using Routing.Policy.Model;
using Routing.Policy.Reference;

namespace Routing.Tests.Policy;

/// <summary>What has to be counted for packets: as the evaluator gives its reasons, side by side, until one denies it; and behind what
/// allows it, what staged policies would deny.</summary>
internal sealed class CountExpectation
{
    private readonly (ClusterView Cluster, PolicyEvaluator Evaluator) _asIs, _staged;

    public CountExpectation(ClusterView cluster)
    {
        var staged = cluster.WithStaged();
        (_asIs, _staged) = ((cluster, new PolicyEvaluator(cluster)), (staged, new PolicyEvaluator(staged)));
    }

    /// <summary>In the order in which a packet between two pods of one node meets it. What no rule of a tier matches is no reason of a
    /// verdict, and left out.</summary>
    public List<CountSubject> Of(Flow flow)
    {
        var counts = new List<CountSubject>();
        foreach (var side in new[] { Direction.Egress, Direction.Ingress })
        {
            var reasons = Reasons(_asIs.Evaluator, flow, side);
            counts.AddRange(reasons.Where(reason => reason.Code == ReasonCode.PassedByRule).Select(reason => Rule(_asIs.Cluster, reason, CountedVerdict.Pass)));
            var end = reasons.First(reason => reason.Code != ReasonCode.PassedByRule);
            if (end.Code is ReasonCode.AllowedByRule)
            {
                counts.Add(Rule(_asIs.Cluster, end, CountedVerdict.Allow));
            }

            if (end.Denies)
            {
                counts.AddRange(Denied(_asIs.Cluster, end, CountedVerdict.Deny));
                return counts;
            }

            if (end.Code is ReasonCode.AllowedByRule or ReasonCode.NotIsolated)
            {
                counts.AddRange(Denied(
                    _staged.Cluster, Reasons(_staged.Evaluator, flow, side).First(reason => reason.Code != ReasonCode.PassedByRule), CountedVerdict.Staged));
            }
        }

        return counts;
    }

    private static List<Reason> Reasons(PolicyEvaluator evaluator, Flow flow, Direction side) =>
        [.. evaluator.Evaluate(flow).Families[0].Reasons.Where(reason => reason.Side == side && reason.Layer is null)];

    private static IEnumerable<CountSubject> Denied(ClusterView cluster, Reason reason, CountedVerdict said) => reason.Code switch
    {
        ReasonCode.DeniedByRule => [Rule(cluster, reason, said)],
        ReasonCode.Isolated => [Rule(cluster, reason, said) with { Policy = null, Field = null }],
        _ => [],
    };

    private static CountSubject Rule(ClusterView cluster, Reason reason, CountedVerdict said) => new(
        cluster.TierOf(cluster.Policies[reason.Policy!.Value]).Name, reason.Side, null, reason.Policy, reason.Field, said);
}
