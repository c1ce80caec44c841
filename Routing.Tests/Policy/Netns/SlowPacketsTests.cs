using Routing.Policy.Model;
using Routing.Policy.Rules;

namespace Routing.Tests.Policy.Netns;

/// <summary>Packets that are inside the rules for longer than several batches take: between two look-ups, or two hooks, they come by a
/// million rules. Without a barrier between batches one may meet the first and the third, and is lost.</summary>
[Category("Netns")]
[NonParallelizable]
internal sealed class SlowPacketsTests
{
    private const int Levels = 5, Branches = 16; // 16 to the 5th rules
    private const int Changes = 30;
    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(120);

    private static readonly ChainHook Early = new(HookPoint.Prerouting, -150), Between = new(HookPoint.Forward, -10), Late = new(HookPoint.Forward, 0);

    [Test]
    public void A_packet_that_is_slow_meets_one_step_of_a_change_at_most() =>
        Change([Flow(0, 1)], isEarly => Lookups(Flow(0, 1), isEarly), arrives: 0);

    [Test]
    public void A_packet_that_is_slow_between_two_hooks_is_judged_by_one_ruleset_in_both() =>
        Change([Flow(0, 1), Flow(1, 0)], isEarly => Hooks(denied: Flow(0, 1), allowed: Flow(1, 0), isEarly), arrives: 1);

    private static Probe Flow(int from, int to) => new(
        Address.Parse(RandomCluster.AddressesOf(from, 0)[0]), Address.Parse(RandomCluster.AddressesOf(to, 0)[0]), TransportProtocol.Udp, 53);

    /// <summary>Goes from the one ruleset to the other and back, again and again, while packets pass.</summary>
    /// <param name="flows">Theirs.</param>
    /// <param name="rules">Either.</param>
    /// <param name="arrives">The only flow whose packets pass, by both rulesets.</param>
    private static void Change(Probe[] flows, Func<bool, Ruleset> rules, int arrives)
    {
        using var kernel = new KernelCluster(pods: 2);
        using var traffic = new Traffic(kernel, flows);
        kernel.Apply(rules(true));
        using var round = new AutoResetEvent(false);
        var (packets, wrong, isStopped) = (0, 0, false);
        var sender = Start(() =>
        {
            Traffic.StayOnOneProcessor();
            var (all, arrived) = (Enumerable.Range(0, flows.Length).ToArray(), new HashSet<int>());
            while (!Volatile.Read(ref isStopped))
            {
                traffic.Round(all, arrived);
                (packets, wrong) = (packets + 1, wrong + (arrived.SetEquals([arrives]) ? 0 : 1));
                round.Set();
            }
        });
        var changes = 0;
        Start(() =>
        {
            Traffic.StayOnOneProcessor(isOther: true); // on the sender's it would run only while no packet is inside
            while (changes < Changes && round.WaitOne(Deadline))
            {
                kernel.Apply(rules(++changes % 2 == 0));
            }
        }).Join();
        Volatile.Write(ref isStopped, true);
        sender.Join();
        TestContext.Out.WriteLine($"{packets} rounds, {wrong} wrong");
        Assert.That(changes, Is.EqualTo(Changes));
        Assert.That(packets, Is.GreaterThanOrEqualTo(Changes));
        Assert.That(wrong, Is.Zero);
    }

    private static Thread Start(Action work)
    {
        var thread = new Thread(() => work()) { IsBackground = true };
        thread.Start();
        return thread;
    }

    /// <summary>Each lets the flow pass, by the set that is asked first or by the one that is asked last.</summary>
    private static Ruleset Lookups(Probe flow, bool isEarly) => SmallRuleset.Of(
        [Set("early", isEarly ? flow : null), Set("late", isEarly ? null : flow)],
        Slow().Append(new Chain("forward", Late,
        [
            SmallRuleset.InSet("early", Verdict.Accept),
            SmallRuleset.Always(Verdict.Jump("slow1")),
            SmallRuleset.InSet("late", Verdict.Accept),
            SmallRuleset.Always(Verdict.Drop),
        ], "")));

    /// <summary>Each lets one flow pass and denies the other, in the first hook or in the last one: by what the first one has marked.</summary>
    private static Ruleset Hooks(Probe denied, Probe allowed, bool isEarly) => SmallRuleset.Of(
        [Set("denied", denied), Set("allowed", allowed)],
        [
            .. Slow(),
            new Chain("between", Between, [SmallRuleset.Always(Verdict.Jump("slow1"))], ""),
            new Chain("early", Early, isEarly
                ? [SmallRuleset.InSet("denied", Verdict.Drop)]
                : [SmallRuleset.InSet("allowed", Verdict.Accept) with { Action = new RuleAction.SetMark(1, IsSet: true) }], ""),
            new Chain("late", Late, isEarly
                ? []
                : [new Rule([new Match.Marked(1)], new RuleAction.Decide(Verdict.Accept), ""), SmallRuleset.Always(Verdict.Drop)], ""),
        ]);

    private static IEnumerable<Chain> Slow() => Enumerable.Range(1, Levels).Select(level => new Chain($"slow{level}", null, [.. Enumerable.Repeat(
        level == Levels
            ? new Rule([new Match.Protocol(253)], new RuleAction.Decide(Verdict.Drop), "")
            : SmallRuleset.Always(Verdict.Jump($"slow{level + 1}")),
        Branches)], ""));

    private static MatchSet Set(string name, Probe? flow) => new(
        name, IpFamily.V4, [RuleField.SourceAddress], Ranges: false, flow is { } one ? [new SetElement(one.From.Value, one.From.Value)] : [], "");
}
