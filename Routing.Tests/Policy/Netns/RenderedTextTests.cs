using Routing.Agent.Dataplane.Nftables;
using Routing.Agent.Netlink.Nftables;
using Routing.Policy.Compile;
using Routing.Policy.Render;
using Routing.Policy.Render.Iptables;
using Routing.Policy.Rules;
using Routing.Tests.Netns;

namespace Routing.Tests.Policy.Netns;

/// <summary>The tools that the text is for take it.</summary>
[Category("Netns")]
public class RenderedTextTests
{
    [Test]
    public void The_tools_take_the_rules_of_random_clusters()
    {
        Requires.Root();
        using var node = TestNamespace.Create();
        for (var seed = 1; seed <= 10; seed++)
        {
            var luck = new RandomCluster(seed);
            var cluster = luck.Make(policies: 10);
            var ruleset = SimulatedCluster.Compile(cluster, RandomCluster.Nodes[0]);

            // Twice: the second time there is a table in the place.
            FeedNft(node, ruleset);
            FeedNft(node, ruleset);
            FeedNft(node, SimulatedCluster.Compile(luck.Anything(cluster), RandomCluster.Nodes[0]));
            Assert.That(node.Nft("list", "ruleset"), Does.Contain("chain from-pod"));
            foreach (var one in new[] { ruleset, SimulatedCluster.Compile(luck.Anything(cluster), RandomCluster.Nodes[0]) })
            {
                Feed(node, IptablesRenderer.Render(one, IpFamily.V4), "iptables-restore", "--test");
                Feed(node, IptablesRenderer.Render(one, IpFamily.V6), "ip6tables-restore", "--test");
            }
        }
    }

    [Test]
    public void The_files_for_ipset_and_iptables_are_what_an_agent_wants_to_find()
    {
        Requires.Root();
        for (var seed = 1; seed <= 5; seed++)
        {
            using var node = TestNamespace.Create();
            var luck = new RandomCluster(seed);
            var ruleset = SimulatedCluster.Compile(luck.Anything(luck.Make(policies: 10)), RandomCluster.Nodes[0]);
            var files = IptablesFiles.Of(ruleset);
            Feed(node, files.Sets, "ipset", "restore");
            Feed(node, files.RulesV4, "iptables-nft-restore", "--noflush");
            Feed(node, files.RulesV6, "ip6tables-nft-restore", "--noflush");

            using var agent = FilterBackend.IptablesNft.Open(node);
            Assert.That(agent.IsInstalled());
            Assert.That(agent.Apply(ruleset).IsEmpty);
        }
    }

    /// <summary>Kernels may be built without the queue expression. What it holds passes in any case, so the rest is tried with
    /// "accept" in its place.</summary>
    private static void FeedNft(TestNamespace node, Ruleset ruleset)
    {
        using var netlink = NftNetlink.Open(node.Inner, "probe");
        var text = NftablesRenderer.Render(ruleset);
        Feed(
            node,
            NftProbe.Queueing(netlink) == NftQueueing.Expression
                ? text
                : text.Replace($"queue flags bypass to {DnsOptions.DefaultQueue}", "accept"),
            "nft", "-f", "-");
    }

    private static void Feed(TestNamespace node, string text, string program, params string[] arguments) =>
        Tool.RunWithInput("ip", text, ["netns", "exec", node.Name, Requires.Tool(program), .. arguments]);
}
