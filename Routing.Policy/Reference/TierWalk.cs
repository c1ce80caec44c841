using System.Diagnostics;
using Routing.Policy.Model;
using Routing.Policy.Rules;

namespace Routing.Policy.Reference;

/// <summary>How policies decide: tiers in order, in each the policies in order, and in these the first rule that
/// matches.</summary>
internal sealed class TierWalk(ClusterView cluster, RuleMatcher matcher)
{
    /// <summary>Asks policies about a flow.</summary>
    /// <param name="policies">Those that select the subject and say something about the direction.</param>
    /// <param name="direction">Whose rules.</param>
    /// <param name="flow">The flow.</param>
    /// <param name="subject">The end whose policies they are.</param>
    /// <param name="peer">The other end.</param>
    /// <param name="family">The IP version.</param>
    /// <param name="isolates">False where a tier never denies what none of its rules matches.</param>
    /// <param name="isDecided">False when no tier decides.</param>
    /// <returns>Those who passed the flow on, then the one that decides; where several rules in a row allow, each of
    /// them.</returns>
    public List<Reason> Ask(
        IEnumerable<PolicySpec> policies, Direction direction, Flow flow, ResolvedEnd subject, ResolvedEnd peer, IpFamily? family,
        bool isolates, out bool isDecided)
    {
        isDecided = true;
        var reasons = new List<Reason>();
        foreach (var tier in policies.GroupBy(cluster.TierOf).OrderBy(tier => tier.Key))
        {
            var inOrder = tier.OrderBy(policy => policy.Order).ThenBy(policy => policy.Key).ToList();
            var matches = inOrder
                .SelectMany(policy => policy.Rules(direction)!.Rules.Items, (policy, rule) => (policy, rule))
                .Where(one => one.rule.Verdict != RuleVerdict.Log
                    && matcher.Matches(one.rule, direction, flow, subject, peer, family))
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
            else if (isolates && tier.Key.Isolates)
            {
                return [.. reasons, .. inOrder.Select(policy =>
                    new Reason(direction, subject.Text, ReasonCode.Isolated, policy.Key))];
            }
        }

        isDecided = false;
        return reasons;
    }

    private static ReasonCode CodeOf(RuleVerdict verdict) => verdict switch
    {
        RuleVerdict.Allow => ReasonCode.AllowedByRule,
        RuleVerdict.Deny => ReasonCode.DeniedByRule,
        RuleVerdict.Pass => ReasonCode.PassedByRule,
        _ => throw new UnreachableException(),
    };
}
