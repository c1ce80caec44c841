using Routing.Tests.Netns;

namespace Routing.Tests.Policy.Netns;

/// <summary>`routing policy explain --live` where somebody has changed the rules in nft's words.</summary>
public sealed class LiveForeignRulesTests() : LiveExplainFixture(FilterBackend.Nftables)
{
    [TestCase("ip daddr 10.1.0.2 udp dport 80 accept", "Passes", TestName = "A rule that somebody put first and that accepts")]
    [TestCase("ip ttl 63 accept", "Unknown", TestName = "A rule that asks what cannot be told")]
    [TestCase("ip ttl 63 counter", "Drops", TestName = "A rule that only counts")]
    [TestCase("meta mark 7 accept", "Drops", TestName = "A rule that asks for a mark that nobody has set")]
    [TestCase("udp dport 81 accept", "Drops", TestName = "A rule that does not match")]
    public async Task A_foreign_rule_counts(string rule, string verdict)
    {
        Kernel.Node.Nft($"insert rule inet routing to-pod {rule}");
        var reply = await Explain("shop/p0", "shop/p1", 80);
        Assert.That((reply.Families[0].Verdict, reply.Agrees), Is.EqualTo((verdict, verdict == "Drops")));
        Assert.That(reply.Families[0].Differences, Is.EqualTo(new[] { "chain to-pod has other rules" }));
    }

    [Test]
    public async Task A_table_that_is_gone_lets_everything_pass_and_is_told()
    {
        Kernel.Node.Nft("delete table inet routing");
        var reply = await Explain("shop/p2", "shop/p1", 53);
        Assert.That((reply.Families[0].Verdict, reply.Agrees), Is.EqualTo(("Passes", false)));
        Assert.That(reply.Families[0].Differences, Is.EqualTo(new[] { "table inet routing is gone" }));
    }
}
