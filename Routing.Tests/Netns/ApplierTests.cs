using CsCheck;
using Routing.Agent.Dataplane;
using Routing.Policy.Controller;
using Routing.Policy.Model;
using Routing.Policy.Rules;
using Routing.Tests.Policy;

namespace Routing.Tests.Netns;

/// <summary>What every back end promises.</summary>
[TestFixture(FilterBackend.Nftables)]
[TestFixture(FilterBackend.IptablesNft)]
[TestFixture(FilterBackend.IptablesLegacy)]
[Category("Netns")]
public sealed class ApplierTests(FilterBackend backend)
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
    public void Any_ruleset_becomes_any_other_as_if_applied_afresh() =>
        Gen.Select(SampleRulesets.Any, SampleRulesets.Any, SampleRulesets.Any).Sample(
            (a, b, c) =>
            {
                using var walked = TestNamespace.Create("walked");
                using var fresh = TestNamespace.Create("fresh");
                using var walking = backend.Open(walked);
                walking.Apply(a);
                walking.Apply(b);
                using var restarted = backend.Open(walked);
                restarted.Apply(c); // reads what is not as wanted
                using (var applier = backend.Open(fresh))
                {
                    applier.Apply(c);
                }

                Assert.That(backend.Listing(walked), Is.EqualTo(backend.Listing(fresh)));
                Assert.That(restarted.Apply(c).IsEmpty, "remembered, and still so");
                using var reader = backend.Open(walked);
                Assert.That(reader.Apply(c).IsEmpty, "what was written is recognised");
            },
            iter: backend switch { FilterBackend.Nftables => 60, FilterBackend.IptablesNft => 15, _ => 5 },
            threads: 1);

    [Test]
    public void An_empty_ruleset_leaves_nothing()
    {
        var before = backend.Listing(_node);
        _applier.Apply(SampleRulesets.Everything);
        Assert.That(_applier.IsInstalled());
        _applier.Apply(Ruleset.Empty);
        Assert.That(backend.Listing(_node), Is.EqualTo(before));
        Assert.That(_applier.IsInstalled(), Is.False);
        Assert.That(_applier.Apply(Ruleset.Empty).IsEmpty);
    }

    [Test]
    public void Another_agent_tells_the_closed_base_from_rules_with_pods()
    {
        var policy = new NodePolicy("n1");
        var closed = policy.Compile();
        Assert.That(_applier.Holds(closed), Is.False, "there is nothing");
        _applier.Apply(closed);
        using (var next = backend.Open(_node))
        {
            Assert.That(next.Holds(closed));
            Assert.That(next.Apply(closed).IsEmpty);
        }

        // A pod without policies has elements, and no chain of its own.
        policy.Knowing("shop").UpsertPod(new PodView { Name = new("shop", "web"), Addresses = [Address.Parse("10.1.0.1")] });
        policy.SetEndpoint(new LocalEndpoint("rt-web", new("shop", "web"), "", [Address.Parse("10.1.0.1")]));
        var open = policy.Compile();
        _applier.Apply(open);
        using (var next = backend.Open(_node))
        {
            Assert.That((next.Holds(closed), next.Holds(open)), Is.EqualTo((false, true)));
        }

        _applier.Apply(SampleRulesets.Everything);
        Assert.That((_applier.Holds(closed), _applier.Holds(open)), Is.EqualTo((false, false)));
    }

    [TestCase(100_000, 0, TestName = "A set of 100,000 addresses goes in, is recognised, and changes by one")]
    [TestCase(20_000, 2, TestName = "A set of 20,000 ranges goes in, is recognised, and changes by one")]
    public void Large_sets(int count, int width)
    {
        ElementSet elements =
        [
            .. Enumerable.Range(0, count).Select(i => 0x0a000000u + ((uint)i * 4)).Select(low => new SetElement(low, low + (uint)width)),
        ];
        var big = WithSet(elements);
        var pieces = backend == FilterBackend.Nftables || width == 0 ? 1 : 2; // three addresses are two blocks

        var clock = System.Diagnostics.Stopwatch.StartNew();
        Assert.That(_applier.Apply(big).ElementsAdded, Is.EqualTo(count * pieces));
        TestContext.Out.WriteLine($"{count} elements in: {clock.ElapsedMilliseconds} ms");

        clock.Restart();
        var change = _applier.Apply(WithSet(elements.Edit([], [new SetElement(1, 1)])));
        Assert.That(change, Is.EqualTo(new RulesetChange(0, 0, 1, 0, 0)));
        TestContext.Out.WriteLine($"one more: {clock.ElapsedMilliseconds} ms");

        clock.Restart();
        using var restarted = backend.Open(_node);
        Assert.That(restarted.Apply(big), Is.EqualTo(new RulesetChange(0, 0, 0, 1, 0)));
        TestContext.Out.WriteLine($"read back: {clock.ElapsedMilliseconds} ms");

        Ruleset WithSet(ElementSet members) => Ruleset.Empty with
        {
            Sets = Ruleset.Empty.Sets.Add(
                "big", new MatchSet("big", IpFamily.V4, [RuleField.SourceAddress], width > 0, members, "")),
        };
    }
}
