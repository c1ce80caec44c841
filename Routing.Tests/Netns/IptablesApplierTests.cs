using System.Collections.Immutable;
using CsCheck;
using Routing.Agent.Dataplane;
using Routing.Agent.Dataplane.Iptables;
using Routing.Policy.Rules;

namespace Routing.Tests.Netns;

/// <summary>What iptables makes hard: many steps, other people's rules, programs that fail.</summary>
[TestFixture(FilterBackend.IptablesNft, "nft")]
[TestFixture(FilterBackend.IptablesLegacy, "legacy")]
[Category("Netns")]
public sealed class IptablesApplierTests(FilterBackend backend, string kind)
{
    private TestNamespace _node = null!;
    private IRulesetApplier _applier = null!;

    [SetUp]
    public void Make_a_namespace()
    {
        _node = TestNamespace.Create("node");
        _applier = backend.Open(_node);
    }

    [TearDown]
    public void Remove_it()
    {
        _applier?.Dispose();
        _node?.Dispose();
    }

    [Test]
    public void An_agent_that_died_between_any_two_steps_leaves_what_the_next_one_puts_right() =>
        Gen.Select(SampleRulesets.Any, SampleRulesets.Any, Gen.Int[0, 8], Gen.Int[0, 8]).Sample(
            (a, b, steps, more) =>
            {
                using var walked = TestNamespace.Create("walked");
                using var fresh = TestNamespace.Create("fresh");
                backend.Open(walked).Apply(a);
                Die(walked, b, steps);
                Die(walked, a, more); // and the next one, too
                backend.Open(walked).Apply(b);
                backend.Open(fresh).Apply(b);

                Assert.That(backend.Listing(walked), Is.EqualTo(backend.Listing(fresh)));
            },
            iter: backend == FilterBackend.IptablesNft ? 12 : 6,
            threads: 1);

    [Test]
    public void A_repair_says_what_somebody_had_changed()
    {
        var set = new MatchSet("peers", IpFamily.V4, [RuleField.SourceAddress], Ranges: false,
            [new SetElement(0x0a010007, 0x0a010007), new SetElement(0x0a010008, 0x0a010008)], "");
        var ruleset = Ruleset.Empty with
        {
            Sets = Ruleset.Empty.Sets.Add("peers", set),
            Chains = Ruleset.Empty.Chains.Add("forward", new Chain(
                "forward", new ChainHook(HookPoint.Forward, 0),
                [new Rule([new Match.InterfacePrefix(RuleField.InputInterface, "rt"), new Match.InSet("peers")], new RuleAction.Decide(Verdict.Drop), "")],
                "")),
        };
        Assert.That(_applier.Apply(ruleset).Repaired, Is.Null, "nobody has changed anything");
        Assert.That(_applier.Apply(ruleset), Is.EqualTo(default(RulesetChange)));

        _node.Run("ipset", "del", "RT-peers", "10.1.0.7");
        _node.Run("ipset", "create", "RT-odd", "hash:ip");
        Iptables("-F", "RT-forward");
        Iptables("-N", "RT-foreign");
        Assert.That(_applier.Apply(ruleset).Repaired, Is.EqualTo(
            "IPv4 filter: chain RT-forward has other rules; IPv4 filter: chain RT-foreign is not ours; "
            + "ipset RT-peers lacks 1 element (10.1.0.7); ipset RT-odd is not ours"));
        Assert.That(_applier.Apply(ruleset), Is.EqualTo(default(RulesetChange)));
    }

    [Test]
    public void Our_rules_stay_before_those_of_others_which_are_left_alone()
    {
        var ruleset = SampleRulesets.Everything;
        Iptables("-A", "FORWARD", "-s", "192.0.2.1/32", "-j", "DROP");
        Iptables("-N", "KUBE-FORWARD");
        _node.Run("ipset", "create", "theirs", "hash:ip");
        var theirs = Rules().Except(["-A FORWARD -i rt+ -j RT-forward"]).ToList();

        _applier.Apply(ruleset);
        Assert.That(Rules("FORWARD")[0], Is.EqualTo("-A FORWARD -i rt+ -j RT-forward"));
        Iptables("-I", "FORWARD", "1", "-j", "KUBE-FORWARD"); // as others do at their start
        Iptables("-D", "FORWARD", "-i", "rt+", "-j", "RT-forward");
        Iptables("-A", "FORWARD", "-i", "rt+", "-j", "RT-forward");
        Iptables("-A", "FORWARD", "-i", "rt+", "-j", "RT-forward");

        Assert.That(_applier.Apply(ruleset).RulesWritten, Is.EqualTo(2));
        Assert.That(Rules("FORWARD"), Is.EqualTo(new[]
        {
            "-A FORWARD -i rt+ -j RT-forward", "-A FORWARD -j KUBE-FORWARD", "-A FORWARD -s 192.0.2.1/32 -j DROP",
        }));

        Iptables("-D", "FORWARD", "-j", "KUBE-FORWARD");
        _applier.Apply(Ruleset.Empty);
        Assert.That(Rules(), Is.EqualTo(theirs));
        Assert.That(_node.Run("ipset", "list", "-name"), Is.EqualTo("theirs\n"));
    }

    [TestCase("iptables -F RT-profile", TestName = "A chain that was emptied is filled")]
    [TestCase("iptables -I RT-forward 1 -j ACCEPT", TestName = "A rule that was put in is taken out")]
    [TestCase("iptables -N RT-strange", TestName = "A chain with our prefix that is none of ours is removed")]
    [TestCase("iptables -t raw -F", TestName = "A table that was flushed is filled")]
    [TestCase("ip6tables -F FORWARD", TestName = "A jump that was removed is put back")]
    [TestCase("ipset del RT-addresses 10.1.0.0/26", TestName = "An element that was deleted is put back")]
    [TestCase("ipset add RT-flows6 ::/1,tcp:1", TestName = "An element that was added is deleted")]
    [TestCase("ipset create RT-strange hash:ip", TestName = "A set with our prefix that is none of ours is removed")]
    public void Damage(string command)
    {
        var ruleset = SampleRulesets.Everything;
        _applier.Apply(ruleset);
        var before = backend.Listing(_node);
        var words = command.Replace("tables ", $"tables-{kind} ", StringComparison.Ordinal).Split(' ');
        _node.Run(words[0], words[1..]);
        Assert.That(backend.Listing(_node), Is.Not.EqualTo(before));

        var change = _applier.Apply(ruleset);

        Assert.That(change.IsEmpty, Is.False, "it is said that something was repaired");
        Assert.That(backend.Listing(_node), Is.EqualTo(before));
        Assert.That(_applier.Apply(ruleset).IsEmpty);
    }

    [Test]
    public void An_element_swapped_for_another_is_found_by_the_look_at_all_elements()
    {
        var ruleset = SampleRulesets.Everything;
        _applier.Apply(ruleset);
        var before = backend.Listing(_node);
        _node.Run("ipset", "del", "RT-addresses", "10.1.0.0/26");
        _node.Run("ipset", "add", "RT-addresses", "10.9.0.0/26");

        for (var look = 0; look < 12; look++)
        {
            _applier.Apply(ruleset);
        }

        Assert.That(backend.Listing(_node), Is.EqualTo(before));
    }

    [Test]
    public void A_program_that_refuses_is_quoted_and_nothing_opens()
    {
        var good = SampleRulesets.Everything;
        _applier.Apply(good);
        var before = backend.Listing(_node);
        var bad = good with
        {
            Chains = good.Chains
                .SetItem("profile", new Chain("profile", null, [Jump("loop")], ""))
                .Add("loop", new Chain("loop", null, [Jump("profile")], "")),
            Sets = good.Sets.Remove("ports"),
        };

        Assert.That(() => _applier.Apply(bad),
            Throws.InstanceOf<ProgramException>().With.Message.StartsWith($"iptables-{kind}-restore --noflush -w 10: exit code "));
        Assert.That(backend.Listing(_node), Is.EqualTo(before));
        Assert.That(_applier.Apply(good).IsEmpty);

        static Rule Jump(string chain) => new([], new RuleAction.Decide(Verdict.Jump(chain)), "");
    }

    [Test]
    public void A_program_that_is_missing_is_named_with_its_package() =>
        Assert.That(() => new ProgramRunner(null).Run("no-such-program", "its-package", null),
            Throws.InstanceOf<ProgramException>().With.Message.EqualTo(
                "the program 'no-such-program' is not installed: it comes with the package 'its-package'"));

    [Test]
    public void Chains_and_sets_keep_within_the_kernels_names()
    {
        var name = new string('x', 31);
        var set = new MatchSet(name, IpFamily.V4, [RuleField.SourceAddress], false, [new SetElement(1, 1)], "");
        var map = new VerdictMap(name[..20], RuleField.InputInterface, Enumerable.Range(0, 300)
            .ToImmutableSortedDictionary(i => $"rt{i * 77777:x12}", _ => Verdict.Goto("profile-" + name), StringComparer.Ordinal), "");
        var ruleset = Ruleset.Empty with
        {
            Sets = Ruleset.Empty.Sets.Add(name, set),
            Maps = Ruleset.Empty.Maps.Add(map.Name, map),
            Chains = Ruleset.Empty.Chains
                .Add("profile-" + name, new Chain("profile-" + name, null, [], "of all of them"))
                .Add("forward", new Chain("forward", new ChainHook(HookPoint.Forward, 0),
                    [
                        new Rule([new Match.InSet(name)], new RuleAction.Decide(Verdict.Accept), new string('c', 300)),
                        new Rule([], new RuleAction.Dispatch(map.Name), ""),
                    ],
                    "")),
        };
        _applier.Apply(ruleset);

        // An edit beside the set, while a rule changes.
        var edited = ruleset with
        {
            Sets = ruleset.Sets.SetItem(name, set with { Elements = [new SetElement(2, 2)] }),
            Maps = ruleset.Maps.SetItem(map.Name, map with { Elements = map.Elements.SetItem("rtffffffffffff", Verdict.Drop) }),
        };
        var change = _applier.Apply(edited);
        Assert.That((change.ElementsAdded, change.ElementsRemoved), Is.EqualTo((1, 1)));
        Assert.That(change.RulesWritten, Is.LessThan(50), "a few chains of the dispatch");
        using var restarted = backend.Open(_node);
        Assert.That(restarted.Apply(edited).IsEmpty);
    }

    private void Die(TestNamespace node, Ruleset desired, int steps)
    {
        var dying = new DyingRunner(new ProgramRunner(node.Inner), steps);
        try
        {
            new IptablesApplier(backend.Programs(dying), TimeProvider.System).Apply(desired);
        }
        catch (OperationCanceledException)
        {
            // It died.
        }
    }

    private void Iptables(params string[] arguments) => _node.Run($"iptables-{kind}", ["-w", .. arguments]);

    private List<string> Rules(string? chain = null) =>
        [.. _node.Run($"iptables-{kind}-save").Split('\n')
            .Where(line => line.StartsWith(chain is null ? "-" : $"-A {chain} ", StringComparison.Ordinal))];
}
