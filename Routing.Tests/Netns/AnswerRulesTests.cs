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

    private sealed class WithoutQueues(IProgramRunner runner) : IProgramRunner
    {
        public string Run(string program, string package, string? input, params IReadOnlyList<string> arguments) =>
            input?.Contains("NFQUEUE", StringComparison.Ordinal) == true
                ? throw new ProgramException($"{program}: Couldn't load target `NFQUEUE'")
                : runner.Run(program, package, input, arguments);
    }
}
