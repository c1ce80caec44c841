using Routing.Agent.Dataplane;
using Routing.Agent.Dataplane.Iptables;
using Routing.Agent.Dataplane.Live;
using Routing.Agent.Dataplane.Nftables;
using Routing.Agent.Netlink;
using Routing.Policy.Controller;
using Routing.Policy.Model;
using Routing.Policy.Reference;
using Routing.Policy.Rules;
using Routing.Tests.Policy;

namespace Routing.Tests.Netns;

/// <summary>A change of policy, of which each operation goes wrong once: it is refused, the agent is killed there, or somebody else
/// destroys what we have. Operations are counted, not listed, so that a new one is tried as well.</summary>
[TestFixture(FilterBackend.Nftables)]
[TestFixture(FilterBackend.IptablesNft)]
[TestFixture(FilterBackend.IptablesLegacy)]
[Category("Netns")]
public sealed class FilterFaultTests(FilterBackend backend)
{
    private const string Db = "rt-db", Stranger = "rt-stranger";

    /// <summary>What both rulesets deny, and what the first one allows and the second one allows.</summary>
    private static readonly Packet Forbidden = To("10.1.0.9", Stranger), Former = To("10.1.0.2", "rt-web"), Latter = To("10.1.0.3", "rt-api");

    private int _left;
    private Action? _fault;

    [Test]
    public void Whatever_operation_goes_wrong_the_next_try_ends_in_the_rules_and_nothing_opens_on_the_way([Values] Fault fault)
    {
        var (before, after) = (Rules("web"), Rules("api"));
        using var node = TestNamespace.Create("node");
        for (var operation = 0; ; operation++)
        {
            var applier = Open(node);
            _left = int.MaxValue;
            applier.Apply(before);
            (_left, _fault) = (operation, () => Happen(fault, node));
            try
            {
                applier.Apply(after);
            }
            catch (Exception e) when (e is NetlinkException or ProgramException or OperationCanceledException)
            {
                // what a refusal of its clearing away is not: that waits for the next change
            }

            if (_left >= 0)
            {
                TestContext.Out.WriteLine($"{backend}, {fault}: {operation} operations");
                Assert.That(operation, Is.GreaterThan(1));
                applier.Dispose();
                return;
            }

            _left = int.MaxValue;
            if (fault is Fault.Refused or Fault.Killed)
            {
                AssertClosed(applier, after, $"right after operation {operation} was refused");
            }

            if (fault == Fault.Killed)
            {
                applier.Dispose();
                applier = Open(node);
            }

            // As the loop does: again until it is taken, and once more at the next look.
            for (var attempt = 1; !TryApply(applier, after); attempt++)
            {
                Assert.That(attempt, Is.LessThan(4));
                if (fault is Fault.Refused or Fault.Killed)
                {
                    AssertClosed(applier, after, $"at attempt {attempt} after operation {operation}");
                }
            }

            TryApply(applier, after);
            AssertClosed(applier, after, "at the end");
            using (var rules = applier.OpenRules())
            {
                Assert.That(rules.Walk(Latter, after).Verdict, Is.EqualTo(KernelVerdict.Passes));
                Assert.That(rules.Walk(Former, after).Verdict, Is.EqualTo(KernelVerdict.Drops));
            }

            applier.Dispose();
            using var restarted = Open(node);
            Assert.That(restarted.Apply(after), Is.EqualTo(default(RulesetChange)), $"nothing is left to do after operation {operation}");
        }
    }

    /// <summary>What goes wrong.</summary>
    public enum Fault
    {
        Refused,
        Killed,
        Flushed,
        Destroyed,
    }

    private static Packet To(string from, string input) =>
        new(input, Db, Address.Parse(from), Address.Parse("10.1.0.4"), TransportProtocol.Tcp, 80);

    private static Ruleset Rules(string app)
    {
        var policy = new NodePolicy("n1").Knowing("shop");
        foreach (var (name, address) in new[] { ("web", "10.1.0.2"), ("api", "10.1.0.3"), ("db", "10.1.0.4"), ("stranger", "10.1.0.9") })
        {
            policy.UpsertPod(new PodView { Name = new("shop", name), Labels = LabelSet.Empty.With("app", name), Addresses = [Address.Parse(address)] });
            policy.SetEndpoint(new LocalEndpoint($"rt-{name}", new("shop", name), "", [Address.Parse(address)]));
        }

        policy.UpsertPolicy(Yaml.Policy($"podSelector: {{matchLabels: {{app: db}}}}\ningress: [{{from: [{{podSelector: {{matchLabels: {{app: {app}}}}}}}]}}]"));
        policy.UpsertPolicy(Yaml.Policy($"podSelector: {{matchLabels: {{app: {app}}}}}\negress: [{{}}]", "out"));
        return policy.Compile();
    }

    private static bool TryApply(IRulesetApplier applier, Ruleset ruleset)
    {
        try
        {
            applier.Apply(ruleset);
            return true;
        }
        catch (Exception e) when (e is NetlinkException or ProgramException)
        {
            return false;
        }
    }

    private static void AssertClosed(IRulesetApplier applier, Ruleset wanted, string when)
    {
        using var rules = applier.OpenRules();
        Assert.That(rules.Walk(Forbidden, wanted).Verdict, Is.EqualTo(KernelVerdict.Drops), when);
    }

    private IRulesetApplier Open(TestNamespace node)
    {
        if (backend != FilterBackend.Nftables)
        {
            return new IptablesApplier(backend.Programs(new FaultyRunner(new ProgramRunner(node.Inner), OnOperation)), TimeProvider.System);
        }

        var applier = NftApplier.Open(node.Inner);
        applier.Committing = _ => OnOperation();
        return applier;
    }

    private void OnOperation()
    {
        if (_left-- == 0)
        {
            _fault!();
        }
    }

    private void Happen(Fault fault, TestNamespace node)
    {
        switch (fault)
        {
            case Fault.Refused when backend == FilterBackend.Nftables:
                throw new NetlinkException("commit", "the batch", 12, "as the test asked");
            case Fault.Refused:
                throw new ProgramException("exit code 4, as the test asked");
            case Fault.Killed:
                throw new OperationCanceledException("killed");
            case Fault.Flushed when backend == FilterBackend.Nftables:
                node.Nft("flush", "chain", "inet", "routing", "forward");
                break;
            case Fault.Destroyed when backend == FilterBackend.Nftables:
                node.Nft("delete", "table", "inet", "routing");
                break;
            case Fault.Flushed:
                node.Run("ipset", "flush");
                break;
            default:
                var kind = backend == FilterBackend.IptablesNft ? "nft" : "legacy";
                foreach (var program in new[] { $"iptables-{kind}", $"ip6tables-{kind}" })
                {
                    node.Run(program, "-F");
                    node.Run(program, "-X");
                }

                break;
        }
    }

    /// <summary>Tells of each run that changes something, before it.</summary>
    private sealed class FaultyRunner(IProgramRunner inner, Action onChange) : IProgramRunner
    {
        public string Run(string program, string package, string? input, params IReadOnlyList<string> arguments)
        {
            if (input is not null)
            {
                onChange();
            }

            return inner.Run(program, package, input, arguments);
        }
    }
}
