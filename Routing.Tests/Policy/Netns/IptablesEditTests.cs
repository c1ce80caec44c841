using Routing.Agent.Dataplane.Iptables;
using Routing.Policy.Model;
using Routing.Policy.Rules;
using Routing.Tests.Netns;

namespace Routing.Tests.Policy.Netns;

/// <summary>What packets meet between any two steps of a change that edits ipsets (docs/adr/0011).</summary>
[TestFixture(FilterBackend.IptablesNft)]
[TestFixture(FilterBackend.IptablesLegacy)]
[Category("Netns")]
public sealed class IptablesEditTests(FilterBackend backend)
{
    private static readonly Probe Early = Flow(0, 2), Late = Flow(1, 2), Denied = Flow(2, 0);

    [Test]
    public void What_both_rulesets_allow_passes_and_an_element_that_goes_counts_nothing_that_others_decide()
    {
        using var kernel = new KernelCluster(3, backend);
        using var network = new ProbeNetwork(kernel, [53]);
        var seen = new List<string>();
        var runner = new WatchedRunner(new ProgramRunner(kernel.Node.Inner));
        using var applier = new IptablesApplier(backend.Programs(runner), TimeProvider.System, kernel.Node.Inner);
        using var rules = applier.OpenRules();
        var before = Rules(early: Early, late: Late);
        applier.Apply(before);
        runner.OnStep = OnStep;
        applier.Apply(Rules(early: Late, late: Early)); // each goes to the other set
        Look("the end");
        Assert.That(seen, Is.EqualTo(new[]
        {
            "counts before sets", // beside those that are edited
            "counts before rules", // ask them
            "is passed by before sets", // are edited
            "is gone before rules", // ask as they did
            "is gone before the end",
        }));

        void OnStep(string program, string input)
        {
            if (!input.StartsWith("destroy ", StringComparison.Ordinal))
            {
                Look(program == "ipset" ? "sets" : "rules");
            }
        }

        void Look(string next)
        {
            var then = Counted();
            Assert.That(network.Send([Early, Late, Denied]), Is.EquivalentTo(new[] { Early, Late }), $"before {next}");
            var now = Counted();
            seen.Add($"{(now > then ? "counts" : now > 0 ? "is passed by" : "is gone")} before {next}");
        }

        long Counted() => rules.CountElements([before.Sets["early"]]).SelectMany(set => set.Counts)
            .Where(one => one.Element.Element == Element(Early)).Sum(one => one.Count.Packets);
    }

    private static Probe Flow(int from, int to) => new(AddressOf(from), AddressOf(to), TransportProtocol.Udp, 53);

    private static Address AddressOf(int pod) => Address.Parse(RandomCluster.AddressesOf(pod, 0)[0]);

    private static SetElement Element(Probe flow) => new(flow.From.Value, flow.From.Value);

    private static Ruleset Rules(Probe early, Probe late) => SmallRuleset.Of(
        [Set("early", early), Set("late", late)],
        new Chain(
            "forward", new ChainHook(HookPoint.Forward, 0),
            [SmallRuleset.InSet("early", Verdict.Accept), SmallRuleset.InSet("late", Verdict.Accept), SmallRuleset.Always(Verdict.Drop)], ""));

    private static MatchSet Set(string name, Probe flow) =>
        new(name, IpFamily.V4, [RuleField.SourceAddress], Ranges: false, [Element(flow)], "") { IsCounted = true };

    /// <summary>Tells of each program that changes something before it runs.</summary>
    private sealed class WatchedRunner(IProgramRunner inner) : IProgramRunner
    {
        public Action<string, string>? OnStep { get; set; }

        public string Run(string program, string package, string? input, params IReadOnlyList<string> arguments)
        {
            if (input is not null)
            {
                OnStep?.Invoke(program, input);
            }

            return inner.Run(program, package, input, arguments);
        }
    }
}
