using System.Collections.Immutable;
using Routing.Agent.Dataplane.Nftables;
using Routing.Policy.Controller;
using Routing.Policy.Model;
using Routing.Policy.Reference;
using Routing.Policy.Rules;
using Routing.Tests.Policy;
using Routing.Tests.Policy.Netns;

namespace Routing.Tests.Agent.Dataplane;

/// <summary>Which edits are made in one batch, and that packets cannot meet those half.</summary>
public sealed class EditMixturesTests
{
    private const int Pods = 4;

    [TestCase(false)]
    [TestCase(true, TestName = "So are packets that are between two hooks of a node with host endpoints")]
    public void Packets_that_meet_half_of_the_edits_of_one_batch_are_judged_by_the_old_rules_or_by_the_new_ones(bool isHost)
    {
        var (atOnce, inSteps, shown) = (0, 0, 0);
        for (var seed = 1; seed <= 12 || (shown == 0 && seed <= 60); seed++)
        {
            var cluster = new RandomChanges(seed, Pods, isHost: isHost);
            var before = cluster.Policy.Compile();
            for (var i = 1; i <= 250; i++)
            {
                var what = cluster.Step();
                var after = cluster.Policy.Compile();
                var plan = Plan(before, after);
                if (plan.RewrittenChains.Count == 0 && plan.NewChains.Count == 0 && plan.ChangedSets.Count + plan.ChangedMaps.Count > 0)
                {
                    var canShow = EditMixtures.CanShow(before, after, plan);
                    var wrong = IsSeenHalf(before, after, isHost ? RulesetStepsTests.PacketsOfHost : RulesetStepsTests.Packets);
                    Assert.That(canShow || !wrong, $"change {i} of seed {seed}: {what}");
                    (atOnce, inSteps, shown) = (atOnce + (canShow ? 0 : 1), inSteps + (canShow ? 1 : 0), shown + (wrong ? 1 : 0));
                }

                before = after;
            }
        }

        TestContext.Out.WriteLine($"{atOnce} at once; of {inSteps} in steps {shown} would have shown");
        Assert.That(atOnce, Is.GreaterThan(20));
        Assert.That(shown, Is.GreaterThan(0), "changes that the question is about");
    }

    [Test]
    public void A_port_that_changes_in_both_directions_is_one_batch() =>
        Assert.That(Steps(Cluster(80, "a"), Cluster(81, "a")), Is.EqualTo(1));

    [Test]
    public void Peers_that_change_in_both_directions_are_not() =>
        Assert.That(Steps(Cluster(80, "a"), Cluster(80, "b")), Is.GreaterThan(1));

    [Test]
    public void Unless_none_of_those_the_receiver_means_is_a_sender_here() =>
        Assert.That(Steps(Cluster(80, "a", areHere: false), Cluster(80, "b", areHere: false)), Is.EqualTo(1));

    [TestCase(0x0A000000, 0x0A0000FF, false, TestName = "A range that takes the place of one that it overlaps is not one batch")]
    [TestCase(0x0B000000, 0x0B0000FF, true, TestName = "One that takes the place of another is")]
    public void Ranges_that_take_the_place_of_others(int low, int high, bool isOneBatch)
    {
        Assert.That(Steps(Rules(0x0A000000, 0x0AFFFFFF), Rules(low, high)), isOneBatch ? Is.EqualTo(1) : Is.GreaterThan(1));

        static Ruleset Rules(int low, int high) => SmallRuleset.Of(
            [Sources("nets", isRanges: true, [new SetElement((uint)low, (uint)high)])],
            new Chain("forward", new ChainHook(HookPoint.Forward, 0), [SmallRuleset.InSet("nets", Verdict.Accept), SmallRuleset.Always(Verdict.Drop)], ""));
    }

    [Test]
    public void A_return_is_no_yes_where_packets_that_go_on_may_be_marked()
    {
        // Before, the first chain marks the address, afterwards it leaves it to the second one, which then lets it pass.
        var (before, after) = (Rules([]), Rules([new SetElement(1, 1)]));
        Assert.That(Steps(before, after), Is.GreaterThan(1));

        static Ruleset Rules(ElementSet elements) => SmallRuleset.Of(
            [Sources("left", isRanges: false, elements), Sources("allowed", isRanges: false, elements)],
            new Chain("marks", new ChainHook(HookPoint.Prerouting, -150), [
                SmallRuleset.InSet("left", Verdict.Return), new Rule([], new RuleAction.SetMark(1, IsSet: true), "")], ""),
            new Chain("forward", new ChainHook(HookPoint.Forward, 0), [
                new Rule([new Match.Marked(1)], new RuleAction.Decide(Verdict.Return), ""),
                SmallRuleset.InSet("allowed", Verdict.Return), SmallRuleset.Always(Verdict.Drop)], ""));
    }

    private static MatchSet Sources(string name, bool isRanges, ElementSet elements) =>
        new(name, IpFamily.V4, [RuleField.SourceAddress], isRanges, elements, "");

    private static int Steps(Ruleset old, Ruleset now) =>
        RulesetSteps.Between(KernelRuleset.Of(old, new Dictionary<string, int>()), now, Plan(old, now)).Count();

    private static int Steps(NodePolicy before, NodePolicy after) => Steps(before.Compile(), after.Compile());

    /// <summary>A pod whose policy names others, by their label, as those it may send to and hear from.</summary>
    private static NodePolicy Cluster(ushort port, string peers, bool areHere = true)
    {
        var node = new NodePolicy("here");
        node.ReplaceNamespaces([NamespaceView.Bare("ns")]);
        PodView[] pods = [Pod(0, "subject", true), Pod(1, "subject", true), Pod(2, "a", areHere), Pod(3, "b", areHere)];
        node.ReplacePods(pods);
        foreach (var pod in pods.Where(pod => pod.NodeName == "here"))
        {
            node.SetEndpoint(new LocalEndpoint($"rt{pod.Name.Name}", pod.Name, "", pod.Addresses));
        }

        RuleSet allowed = new([new RuleSpec(
            RuleVerdict.Allow, [new PeerSpec.Pods(Selection(peers))], [new PortSpec.Numbers(TransportProtocol.Tcp, port, port)], "")]);
        node.ReplacePolicies(PolicyKind.NetworkPolicy,
        [
            .. new[] { "subject", "a", "b" }.Select(subject => new PolicySpec
            {
                Key = PolicyKey.NetworkPolicy("ns", subject), Subject = Selection(subject), Ingress = allowed, Egress = allowed,
            }),
        ]);
        return node;
    }

    private static PodSelection Selection(string label) => new(
        new NamespaceScope.Named("ns"), LabelSelector.Of(new Requirement("is", SelectorOperator.In, [label])));

    private static PodView Pod(int number, string label, bool isHere) => new()
    {
        Name = new NamespacedName("ns", $"{number}"),
        NodeName = isHere ? "here" : "there",
        Labels = LabelSet.Empty.With("is", label),
        Addresses = [new Address(IpFamily.V4, (UInt128)(0x0A000000 + number))],
    };

    private static RulesetPlan Plan(Ruleset before, Ruleset after) =>
        new(KernelRuleset.Of(before, new Dictionary<string, int>()), after);

    private static bool IsSeenHalf(Ruleset before, Ruleset after, ImmutableArray<Packet> packets)
    {
        var (old, now) = (RulesetStepsTests.Passing(before, packets), RulesetStepsTests.Passing(after, packets));
        return RulesetStepsTests.Halves(before, after).Concat(HookMixtures.Between(before, after))
            .Select(half => RulesetStepsTests.Passing(half.Rules, packets))
            .Any(passing => passing.Where((passes, i) => passes != old[i] && passes != now[i]).Any());
    }
}
