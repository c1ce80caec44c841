using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Routing.Agent.Cli;
using Routing.Agent.Dataplane;
using Routing.Agent.Dataplane.Iptables;
using Routing.Agent.Dataplane.Nftables;
using Routing.Agent.Native;
using Routing.Agent.Netlink;
using Routing.Agent.Netlink.Nftables;
using Routing.Agent.Options;
using Routing.Policy.Controller;
using Routing.Policy.Rules;

namespace Routing.Tests.Netns;

/// <summary>Which back end an agent takes, and how it takes over from another.</summary>
[Category("Netns")]
public sealed class BackendChoiceTests
{
    private static readonly FilterBackend[] All = Enum.GetValues<FilterBackend>();

    private readonly LogLines _log = new();
    private TestNamespace _node = null!;

    [SetUp]
    public void Make_a_namespace() => _node = TestNamespace.Create("node");

    [TearDown]
    public void Remove_it() => _node?.Dispose();

    [OneTimeTearDown]
    public void End() => _log.Dispose();

    [Test]
    public void A_kernel_with_all_of_nf_tables_gets_it_and_keeps_nothing_of_the_probe()
    {
        using (var applier = Choice().Open(PolicyBackend.Auto))
        {
            applier.Apply(SampleRulesets.Everything);
        }

        Assert.That(_node.Nft("list", "tables"), Is.EqualTo("table inet routing\n"));
        Assert.That(_log.Lines, Has.Some.EqualTo("Packet filter back end: nftables"));
    }

    [Test]
    public void The_kernel_is_asked_for_everything_that_rulesets_may_want_and_nothing_changes_by_that()
    {
        var rules = NftProbe.Features().Chains.Values.SelectMany(chain => chain.Rules).ToList();
        var asked = rules.SelectMany(rule => rule.Matches.Select(match => match.GetType()).Append(rule.Action.GetType())).ToHashSet();
        var wanted = typeof(Match).GetNestedTypes().Concat(typeof(RuleAction).GetNestedTypes()).Except([typeof(RuleAction.Hold)]);
        Assert.That(wanted, Is.SubsetOf(asked), "packets that are held are asked for when they first matter");

        using var netlink = NftNetlink.Open(_node.Inner, "routing");
        var before = netlink.ReadGeneration();
        Assert.That(new NftProbe(_node.Inner).Refusal(), Is.Null);
        NftProbe.Queueing(netlink);
        Assert.That(netlink.ReadGeneration(), Is.EqualTo(before));
        Assert.That(_node.Nft("list", "ruleset"), Is.Empty);
    }

    [Test]
    public void A_feature_that_is_missing_later_on_brings_iptables_in_before_nftables_goes()
    {
        var (ruleset, listed) = (new NodePolicy("node-1").Compile(), "");
        var applier = NftApplier.Open(_node.Inner);
        using var fallback = new BackendFallback(
            () => applier,
            reason =>
            {
                listed = _node.Nft("list", "tables");
                return Choice().Open(PolicyBackend.Auto, reason);
            },
            _log.Factory.CreateLogger<BackendFallback>());
        fallback.Apply(ruleset);
        using var rules = fallback.OpenRules();
        Assert.That(rules.CountVerdicts().Select(rule => rule.Identity), Has.Some.StartsWith("nft "), "handles");
        applier.Committing = _ => throw new NetlinkException("add rule", "inet routing forward", Errno.NotSupported);
        var other = ruleset with { Sets = ruleset.Sets.Add("more", new MatchSet("more", IpFamily.V4, [RuleField.SourceAddress], false, [], "")) };
        Assert.That(() => fallback.Apply(other), Throws.TypeOf<NetlinkException>());
        Assert.That(() => fallback.Apply(other), Throws.TypeOf<NetlinkException>());
        fallback.Apply(other);

        Assert.That(listed, Is.EqualTo("table inet routing\n"), "it stood until then");
        Assert.That(_node.Run("ipset", "list", "-name"), Does.Contain("RT-"));
        Assert.That(_node.Nft("list", "tables"), Does.Not.Contain("inet routing"));
        Assert.That(fallback.Name, Does.StartWith("iptables"));
        Assert.That(rules.CountVerdicts().Select(rule => rule.Identity), Is.Not.Empty.And.None.StartsWith("nft "), "a look that was open goes on with the other");
        Assert.That(_log.Lines, Has.Some.StartsWith("Packet filter: nftables cannot do what the policies need here, iptables"));
    }

    [Test]
    public void Another_back_end_that_is_refused_half_way_leaves_nothing_beside_the_rules_that_stand()
    {
        var ruleset = SampleRulesets.Everything;
        var other = ruleset with { Sets = ruleset.Sets.Add("more", new MatchSet("more", IpFamily.V4, [RuleField.SourceAddress], false, [], "")) };
        for (var steps = 0; ; steps++)
        {
            using var node = TestNamespace.Create("node");
            var isLacking = false;
            using var fallback = new BackendFallback(
                () =>
                {
                    var applier = NftApplier.Open(node.Inner);
                    applier.Committing = _ =>
                    {
                        if (isLacking)
                        {
                            throw new NetlinkException("add rule", "inet routing forward", Errno.NotSupported);
                        }
                    };
                    return new BackendSwitch(
                        applier, [FilterBackend.IptablesNft.Remnant(node, new ProgramRunner(node.Inner), ownsSets: true)], NullLogger<BackendSwitch>.Instance);
                },
                _ => Switch(
                    FilterBackend.Nftables, FilterBackend.IptablesNft, node,
                    new DyingRunner(new ProgramRunner(node.Inner), steps, () => new ProgramException("exit code 4, as the test asked"))),
                NullLogger<BackendFallback>.Instance);
            fallback.Apply(ruleset);
            var (nothing, stood) = (FilterBackend.IptablesNft.Listing(node), FilterBackend.Nftables.Listing(node));
            isLacking = true;
            for (var refusals = 0; refusals < 2; refusals++)
            {
                Assert.That(() => fallback.Apply(other), Throws.TypeOf<NetlinkException>());
            }

            if (TakesOver())
            {
                Assert.That(steps, Is.GreaterThan(1));
                return;
            }

            Assert.That(FilterBackend.Nftables.Listing(node), Is.EqualTo(stood));
            fallback.Apply(ruleset); // as it is kept standing
            Assert.That(
                (FilterBackend.Nftables.Listing(node), FilterBackend.IptablesNft.Listing(node), fallback.Name),
                Is.EqualTo((stood, nothing, "nftables")), $"after {steps} steps");

            bool TakesOver()
            {
                try
                {
                    fallback.Apply(other);
                    return true;
                }
                catch (NetlinkException)
                {
                    return false;
                }
            }
        }
    }

    [Test]
    public void A_kernel_that_lacks_some_of_it_gets_iptables_and_the_log_says_why()
    {
        using (var applier = Choice().Open(PolicyBackend.Auto, refusal: "add set: Operation not supported (errno 95)"))
        {
            applier.Apply(SampleRulesets.Everything);
        }

        Assert.That(_node.Run("ipset", "list", "-name"), Does.Contain("RT-addresses\n"));
        Assert.That(_log.Lines, Has.Some.Match(
            @"^Packet filter back end: iptables v.*: nftables lacks something: add set: Operation not supported \(errno 95\)$"));
        Assert.That(
            () => Choice().Open(PolicyBackend.Nftables, refusal: "add set: no"),
            Throws.InstanceOf<UserErrorException>().With.Message.EqualTo(
                "--backend nftables: this kernel lacks something: add set: no"));
    }

    [Test]
    public void A_host_with_neither_is_told_what_is_missing()
    {
        var choice = new BackendChoice(new NoPrograms(), new NftProbe(_node.Inner), TimeProvider.System, NullLoggerFactory.Instance);

        Assert.That(
            () => choice.Open(PolicyBackend.Auto, refusal: "add table: no"),
            Throws.InstanceOf<UserErrorException>().With.Message.EqualTo(
                "no packet filter: nftables: add table: no; iptables: the program 'ipset' is missing from 'ipset'"));
        Assert.That(
            () => choice.Open(PolicyBackend.Iptables),
            Throws.InstanceOf<UserErrorException>().With.Message.StartsWith("--backend iptables: the program 'ipset' "));
    }

    [TestCase("nft", "iptables-nft", TestName = "iptables: kubelet's chains are with nf_tables, and so will ours be")]
    [TestCase("legacy", "iptables-legacy", TestName = "iptables: kubelet's chains are with ip_tables, and so will ours be")]
    public void Where_kubelet_is(string kind, string program)
    {
        var other = kind == "nft" ? "legacy" : "nft";
        _node.Run(program, "-w", "-t", "mangle", "-N", "KUBE-KUBELET-CANARY");
        _node.Run(program, "-w", "-A", "INPUT", "-s", "192.0.2.1", "-j", "DROP");
        for (var i = 1; i < 4; i++)
        {
            _node.Run($"iptables-{other}", "-w", "-A", "INPUT", "-s", $"192.0.2.{i}", "-j", "DROP");
        }

        using (var applier = Choice().Open(PolicyBackend.Iptables))
        {
            applier.Apply(SampleRulesets.Everything);
        }

        Assert.That(_node.Run($"{program}-save"), Does.Contain("-j RT-forward"));
        Assert.That(_node.Run($"iptables-{other}-save"), Does.Not.Contain("RT-"));
        Assert.That(_log.Lines, Has.Some.Match("^Both iptables v.* and iptables v.* hold rules on this host"));
    }

    [TestCaseSource(nameof(Pairs))]
    public void An_agent_that_is_killed_while_it_takes_over_leaves_one_whole_ruleset_at_least(FilterBackend from, FilterBackend to)
    {
        var ruleset = SampleRulesets.Everything;
        for (var steps = 0; ; steps++)
        {
            using var node = TestNamespace.Create("node");
            var empty = from.Listing(node);
            from.Open(node).Apply(ruleset);
            var before = from.Listing(node);
            var dying = new DyingRunner(new ProgramRunner(node.Inner), steps);
            var isDead = false;
            try
            {
                Switch(from, to, node, dying).Apply(ruleset);
            }
            catch (OperationCanceledException)
            {
                isDead = true;
            }

            // Whatever is of the former one is whole as long as the new one is not.
            if (from.Listing(node) != before)
            {
                Assert.That(to.Open(node).Apply(ruleset), Is.EqualTo(default(RulesetChange)), "all is with the new one");
            }

            using (var next = Switch(from, to, node, new ProgramRunner(node.Inner)))
            {
                Assert.That(next.IsInstalled(), "nothing has to be closed first");
                next.Apply(ruleset);
                Assert.That(to.Open(node).Apply(ruleset), Is.EqualTo(default(RulesetChange)));
            }

            Assert.That(from.Listing(node), Is.EqualTo(empty));
            if (!isDead)
            {
                break;
            }
        }
    }

    public static IEnumerable<TestCaseData> Pairs() =>
        from one in All
        from other in All
        where (one == FilterBackend.Nftables) != (other == FilterBackend.Nftables)
        select new TestCaseData(one, other);

    private static BackendSwitch Switch(FilterBackend from, FilterBackend to, TestNamespace node, IProgramRunner runner)
    {
        IRulesetApplier current = to == FilterBackend.Nftables
            ? NftApplier.Open(node.Inner)
            : new IptablesApplier(to.Programs(runner), TimeProvider.System);
        return new BackendSwitch(current, [from.Remnant(node, runner, ownsSets: true)], NullLogger<BackendSwitch>.Instance);
    }

    private BackendChoice Choice() =>
        new(new ProgramRunner(_node.Inner), new NftProbe(_node.Inner), TimeProvider.System, _log.Factory);

    private sealed class NoPrograms : IProgramRunner
    {
        public string Run(string program, string package, string? input, params IReadOnlyList<string> arguments) =>
            throw new ProgramException($"the program '{program}' is missing from '{package}'");
    }
}
