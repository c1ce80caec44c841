using Routing.Agent.Cli;
using Routing.Agent.Dataplane.Counts;
using Routing.Agent.Dataplane.Live;
using Routing.Agent.Grpc;
using Routing.Policy.Compile;
using Routing.Policy.Model;

namespace Routing.Tests.Agent.Grpc;

public class RuleCountTranslatorTests
{
    private static readonly PolicyKey Db = PolicyKey.NetworkPolicy("shop", "db");

    private static readonly RuleCount[] Counts =
    [
        Count("default", null, null, CountedVerdict.Deny, 7),
        Count("default", Db, "spec.ingress[10]", CountedVerdict.Allow, 1),
        Count("default", Db, "spec.ingress[9]", CountedVerdict.Allow, 0),
        Count("default", PolicyKey.ClusterWide(PolicyKind.GlobalNetworkPolicy, "db"), "spec.ingress[0]", CountedVerdict.Deny, 2) with
        {
            Rule = new CountSubject(
                "default", Direction.Egress, HostLayer.Forward, PolicyKey.ClusterWide(PolicyKind.GlobalNetworkPolicy, "db"),
                "spec.egress[0]", CountedVerdict.Deny),
        },
    ];

    [Test]
    public void Rules_stand_under_their_policies_and_a_tiers_end_after_them()
    {
        using var writer = new StringWriter();
        PolicyCountersVerb.WriteTable(RuleCountTranslator.Reply(Counts, ""), writer);
        Assert.That(writer.ToString(), Is.EqualTo("""
            TIER      POLICY    KIND                  DIRECTION        RULE               VERDICT   PACKETS   OCTETS
            default   db        GlobalNetworkPolicy   Egress Forward   spec.egress[0]     Deny      2         120
            default   shop/db   NetworkPolicy         Ingress          spec.ingress[9]    Allow     0         0
            default   shop/db   NetworkPolicy         Ingress          spec.ingress[10]   Allow     1         60
            default                                   Ingress          no rule matches    Deny      7         420

            """));
    }

    [TestCase("shop/db", 2)]
    [TestCase("db", 3, TestName = "Without a namespace in any")]
    [TestCase("shop/web", 0)]
    public void One_policy_is_asked_for_by_its_name(string name, int rules) =>
        Assert.That(RuleCountTranslator.Reply(Counts, name).Rules, Has.Count.EqualTo(rules));

    private static RuleCount Count(string tier, PolicyKey? policy, string? field, CountedVerdict verdict, long packets) =>
        new(new CountSubject(tier, Direction.Ingress, null, policy, field, verdict), new KernelCount(packets, 60 * packets));
}
