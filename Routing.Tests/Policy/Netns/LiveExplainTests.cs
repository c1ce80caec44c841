using System.Text.RegularExpressions;
using Routing.Agent.Dataplane;
using Routing.Agent.Dataplane.Live;
using Routing.Policy.Model;
using Routing.Policy.Reference;
using Routing.Policy.Render.Iptables;
using Routing.Policy.Rules;
using Routing.Tests.Golden;
using Routing.Tests.Netns;

namespace Routing.Tests.Policy.Netns;

/// <summary>`routing policy explain --live` against a kernel: rules as they are there, after real packets.</summary>
[TestFixture(FilterBackend.Nftables)]
[TestFixture(FilterBackend.IptablesNft)]
[TestFixture(FilterBackend.IptablesLegacy)]
public sealed partial class LiveExplainTests(FilterBackend backend) : LiveExplainFixture(backend)
{
    [TestCase("allowed", "shop/p0", "shop/p1", (ushort)53, "10.1.0.1", "10.1.0.2", true)]
    [TestCase("isolated", "shop/p0", "shop/p1", (ushort)80, "10.1.0.1", "10.1.0.2", false)]
    [TestCase("denied", "shop/p2", "shop/p1", (ushort)53, "10.1.0.3", "10.1.0.2", false)]
    [TestCase("net", "192.0.2.1", "shop/p1", (ushort)80, "192.0.2.1", "10.1.0.2", true)]
    [TestCase("beside-the-net", "192.0.2.130", "shop/p1", (ushort)80, "192.0.2.130", "10.1.0.2", false)]
    [TestCase("to-the-node", "shop/p0", "172.16.0.1", (ushort)80, "10.1.0.1", "172.16.0.1", true)]
    public async Task The_rules_that_packets_met_are_told_with_what_they_have_counted(
        string golden, string from, string to, ushort port, string source, string destination, bool passes)
    {
        var probe = new Probe(Address.Parse(source), Address.Parse(destination), TransportProtocol.Udp, port);
        Assert.That(Network.Send([probe]).Contains(probe), Is.EqualTo(passes));

        var reply = await Explain(from, to, port);
        Assert.That((reply.Agrees, reply.Families[0].Verdict), Is.EqualTo((true, passes ? "Passes" : "Drops")));
        GoldenFile.Verify($"policy/live/{golden}-{Backend}.txt", AllPackets().Replace(Text(reply), "$1"));
        if (golden == "denied" && Backend == FilterBackend.Nftables)
        {
            GoldenFile.Verify($"policy/live/{golden}-{Backend}.json", Routing.Agent.Cli.ProtoJson.Format(reply));
        }
    }

    [Test]
    public async Task A_pod_of_another_node_is_looked_at_on_one_side_and_a_node_reaches_its_pods()
    {
        var reply = await Explain("shop/p0", "shop/far", 80);
        Assert.That((reply.Agrees, reply.From.LookedAt, reply.To.LookedAt), Is.EqualTo((true, true, false)));
        Assert.That(Text(reply), Does.Contain("ingress to shop/far is not looked at: it is on n9: ask the agent there"));

        reply = await Explain("172.16.0.1", "shop/p1", 80);
        Assert.That((reply.Agrees, reply.Families[0].Verdict), Is.EqualTo((true, "Passes")));

        reply = await Explain("shop/p0", "shop/new", 80);
        Assert.That((reply.Agrees, reply.Families[0].Verdict), Is.EqualTo((true, "Drops")), "closed until its pod is known");
    }

    [TestCase("shop/p0", "shop/nobody", "the agent of n0 knows no pod 'shop/nobody'; ends are pods or addresses here, not workloads")]
    [TestCase("shop/far", "192.0.2.1", "neither end is this node (n0) or a pod of it: shop/far is on n9, whose agent has its side, 192.0.2.1 is no pod's address")]
    [TestCase("shop/far", "fd00:1::2", "shop/far (10.9.0.1) and fd00:1::2 (fd00:1::2) have no IP version in common")]
    public void What_this_node_has_nothing_to_say_about_is_an_error(string from, string to, string message) => Assert.That(
        () => Explain(from, to, 80), Throws.TypeOf<LiveQuestionException>().With.Message.EqualTo(message));

    [Test]
    public async Task What_somebody_changed_by_hand_is_a_disagreement_and_is_named()
    {
        var allowed = await Explain("shop/p0", "shop/p1", 53);
        var set = allowed.Families[0].Steps.SelectMany(step => step.Lookups).Single(lookup => lookup.Origin is not null).Set;
        Delete(set);
        var reply = await Explain("shop/p0", "shop/p1", 53);
        Assert.Multiple(() =>
        {
            Assert.That((reply.Agrees, reply.Families[0].Verdict, reply.Families[0].Policies), Is.EqualTo((false, "Drops", "Allow")));
            Assert.That(reply.Families[0].Differences, Does.Contain(Backend == FilterBackend.Nftables
                ? $"set {set} lacks 10.1.0.1 . udp . 53, which NetworkPolicy shop/db at spec.ingress[0] put there"
                : $"ipset {IptablesNames.Set(set)} lacks 1 element (10.1.0.1,17:53)"));
            Assert.That(reply.Families[1].Agrees, Is.True, "nothing was changed for IPv6");
            Assert.That(Text(reply), Does.EndWith("DISAGREEMENT: the rules in the kernel of node n0 do not do what the policies say\n"));
        });
        GoldenFile.Verify($"policy/live/changed-{Backend}.txt", AllPackets().Replace(Text(reply), "$1"));
    }

    private void Delete(string set)
    {
        if (Backend == FilterBackend.Nftables)
        {
            Kernel.Node.Nft($"delete element inet routing {set} {{ 10.1.0.1 . udp . 53 }}");
        }
        else
        {
            Kernel.Node.Run("ipset", "del", IptablesNames.Set(set), "10.1.0.1,udp:53");
        }
    }

    /// <summary>Every kind of look-up in random clusters: the walk through the kernel's rules says what packets do, element by
    /// element what the ruleset has, and nothing differs from what is wanted.</summary>
    [Test]
    public void In_random_clusters_it_says_what_the_simulator_says()
    {
        using var rules = Kernel.OpenRules();
        var hits = 0;
        for (var seed = 1; seed <= (Backend == FilterBackend.Nftables ? 12 : 2); seed++)
        {
            var luck = new RandomCluster(seed);
            var ruleset = SimulatedCluster.Compile(luck.Anything(luck.Make(3, policies: 6, nodes: 1)), RandomCluster.Nodes[0]);
            Kernel.Apply(ruleset);
            var simulator = new RulesetSimulator(ruleset);
            foreach (var (source, destination) in Pairs().Where((_, place) => Backend == FilterBackend.Nftables || place % 4 == seed))
            {
                var packet = new Packet(
                    Interface(source), Interface(destination), source, destination, TransportProtocol.Tcp, (ushort)(seed % 2 == 0 ? 80 : 8080));
                var walk = rules.Walk(packet, ruleset);
                Assert.That(walk.Verdict, Is.EqualTo(simulator.Passes(packet) ? KernelVerdict.Passes : KernelVerdict.Drops), $"{seed}: {packet}");
                Assert.That(walk.Differences, Is.Empty);
                foreach (var lookup in walk.Steps.SelectMany(step => step.Lookups).Where(lookup => ruleset.Sets.ContainsKey(lookup.Set)))
                {
                    var element = simulator.Find(lookup.Set, packet);
                    Assert.That(
                        lookup.Found, lookup.IsPart && !lookup.Found ? Is.False : Is.EqualTo(element is not null), $"{seed}: {packet} in {lookup}");
                    hits += lookup.Found ? 1 : 0;
                    if (!lookup.IsPart && !ruleset.Sets[lookup.Set].Key.Contains(RuleField.IcmpMessage))
                    {
                        Assert.That(lookup.Text, Is.EqualTo(SetWords.Of(
                            ruleset.Sets[lookup.Set], element ?? RulesetSimulator.KeyOf(ruleset.Sets[lookup.Set], packet))));
                    }
                }
            }
        }

        Assert.That(hits, Is.GreaterThan(Backend == FilterBackend.Nftables ? 100 : 5));
    }

    private static IEnumerable<(Address From, Address To)> Pairs()
    {
        var ends = Enumerable.Range(0, 3).SelectMany(i => RandomCluster.AddressesOf(i, 0)).Select(Address.Parse)
            .Concat(RandomCluster.Externals).ToList();
        return from a in ends from b in ends where a != b && a.Family == b.Family && (Interface(a) != SimulatedCluster.Uplink || Interface(b) != SimulatedCluster.Uplink) select (a, b);
    }

    private static string Interface(Address address) => Enumerable.Range(0, 3)
        .Where(i => RandomCluster.AddressesOf(i, 0).Contains($"{address}")).Select(i => $"rt-p{i}").FirstOrDefault() ?? SimulatedCluster.Uplink;

    /// <summary>iptables counts at every rule, also what each host says on its link when it comes up.</summary>
    [GeneratedRegex("((?:PREROUTING|RT-prerouting|RT-check-source) [^\n]*?)  [0-9]+ packets?, [0-9]+ octets")]
    private static partial Regex AllPackets();
}
