using CsCheck;
using Routing.Policy.Model;
using Routing.Policy.Reference;
using Routing.Policy.Reference.Explanations;

namespace Routing.Tests.Policy;

public class FlowExplainerTests
{
    [Test]
    public void The_steps_lead_to_the_evaluators_verdict_and_reasons() => Gen.Int.Sample(
        seed =>
        {
            var luck = new RandomCluster(seed);
            var cluster = luck.Tiered(luck.Make(policies: 10));
            var explainer = new FlowExplainer(cluster);
            foreach (var (from, to) in cluster.Pods.Keys.SelectMany(_ => cluster.Pods.Keys, (from, to) => (from, to)))
            {
                var flow = new Flow(new FlowEnd.Pod(from), new FlowEnd.Pod(to), TransportProtocol.Tcp, 80);
                var explanation = explainer.Explain(flow);
                Assert.That(explanation.Families.All(family => family.Allowed == (family.Egress.Allowed && family.Ingress.Allowed)));
                foreach (var side in explanation.Families.SelectMany(family => new[] { family.Egress, family.Ingress }))
                {
                    Check(side);
                }
            }
        },
        iter: 30);

    private static void Check(SideExplanation side)
    {
        foreach (var rule in side.Tiers.SelectMany(tier => tier.Policies).SelectMany(policy => policy.Rules))
        {
            Assert.That(rule.Conditions.All(condition => condition.Holds), Is.EqualTo(rule.Outcome != RuleOutcome.NoMatch));
            Assert.That(rule.Conditions.SelectMany(condition => condition.Alternatives).All(one => one.Holds == (one.Found.Length == 0)));
        }

        if (side.Tiers.IsEmpty)
        {
            return; // decided without policies, or none selects the pod
        }

        var decided = side.Tiers.FirstOrDefault(tier =>
            tier.Outcome is TierOutcome.Allowed or TierOutcome.Denied or TierOutcome.Isolated);
        Assert.That(side.Allowed, Is.EqualTo(decided is null || decided.Outcome == TierOutcome.Allowed));
        var deciding = side.Tiers.Where(tier => tier.Outcome != TierOutcome.NotAsked)
            .SelectMany(tier => tier.Policies)
            .SelectMany(policy => policy.Rules, (policy, rule) => (policy, rule))
            .Where(one => one.rule.Outcome == RuleOutcome.Decides)
            .Select(one => (one.policy.Policy, one.rule.Field));
        var reasons = side.Reasons.Where(reason => reason.Field is not null).Select(reason => (reason.Policy!.Value, reason.Field!));
        Assert.That(deciding, Is.EqualTo(reasons));
    }
}
