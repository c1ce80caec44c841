using Routing.Agent.Dataplane.Iptables;

namespace Routing.Tests.Netns;

/// <summary>The rules that hold answers of DNS, in real kernels.</summary>
[TestFixture(FilterBackend.Nftables)]
[TestFixture(FilterBackend.IptablesNft)]
[TestFixture(FilterBackend.IptablesLegacy)]
[Category("Netns")]
public sealed class AnswerRulesTests(FilterBackend backend)
{
    [Test]
    public void They_are_there_while_a_pods_policy_names_domains_and_are_recognised_after_a_restart()
    {
        using var node = TestNamespace.Create("node");
        using var applier = backend.Open(node);
        var policy = DnsNetwork.Policy();
        var empty = policy.Compile();
        applier.Apply(empty);
        var before = backend.Listing(node);

        policy.UpsertPolicy(DnsNetwork.NamesOnly);
        var ruleset = policy.Compile();
        Assert.That(applier.Apply(ruleset).IsEmpty, Is.False);
        Assert.That(applier.Apply(ruleset).IsEmpty, Is.True);
        using (var restarted = backend.Open(node))
        {
            Assert.That(restarted.Apply(ruleset).IsEmpty, Is.True, "what an earlier agent left is what is wanted");
        }

        Assert.That(applier.HoldsPackets, Is.True, "this kernel has queues");
        policy.RemovePolicy(DnsNetwork.NamesOnly.Key);
        var after = policy.Compile();
        Assert.That(after.Chains, Has.Count.EqualTo(empty.Chains.Count));
        applier.Apply(after);
        Assert.That(backend.Listing(node), Is.EqualTo(before));
    }

    [Test]
    public void Of_nf_tables_own_queue_and_the_target_the_kernels_own_comes_first()
    {
        if (backend != FilterBackend.Nftables)
        {
            return; // iptables has the target alone
        }

        using var node = TestNamespace.Create("node");
        using var applier = backend.Open(node);
        var policy = DnsNetwork.Policy();
        policy.UpsertPolicy(DnsNetwork.NamesOnly);
        applier.Apply(policy.Compile());
        var isNative = node.Nft("list", "chain", "inet", "routing", "forward").Contains("queue flags bypass to 115", StringComparison.Ordinal);
        Assert.That(isNative, Is.EqualTo(HasQueueExpression(node)), "nft shows the target as \"queue num 115 bypass\"");
    }

    [Test]
    public void A_kernel_without_the_target_is_given_what_it_has()
    {
        if (backend == FilterBackend.Nftables)
        {
            return; // asked by a probe of its own
        }

        using var node = TestNamespace.Create("node");
        using var applier = new IptablesApplier(backend.Programs(new WithoutQueues(new ProgramRunner(node.Inner))), TimeProvider.System);
        var policy = DnsNetwork.Policy();
        policy.UpsertPolicy(DnsNetwork.NamesOnly);
        var ruleset = policy.Compile();
        Assert.That(applier.Apply(ruleset).IsEmpty, Is.False);
        Assert.That(applier.HoldsPackets, Is.False);
        Assert.That(backend.Listing(node), Does.Contain("--nflog-group 115").And.Not.Contain("RT-probe"));
        Assert.That(applier.Apply(ruleset).IsEmpty, Is.True);
    }

    /// <summary>Asks nft, who uses nothing else.</summary>
    private static bool HasQueueExpression(TestNamespace node)
    {
        try
        {
            new ProgramRunner(node.Inner).Run("nft", "nftables", "table t { chain c { queue flags bypass to 115; }; }", "-f", "-");
            return true;
        }
        catch (ProgramException)
        {
            return false;
        }
    }

    private sealed class WithoutQueues(IProgramRunner runner) : IProgramRunner
    {
        public string Run(string program, string package, string? input, params IReadOnlyList<string> arguments) =>
            input?.Contains("NFQUEUE", StringComparison.Ordinal) == true
                ? throw new ProgramException($"{program}: Couldn't load target `NFQUEUE'")
                : runner.Run(program, package, input, arguments);
    }
}
