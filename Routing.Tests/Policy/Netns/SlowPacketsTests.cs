using Routing.Policy.Model;
using Routing.Policy.Rules;

namespace Routing.Tests.Policy.Netns;

/// <summary>Packets that are inside the rules for longer than several batches take: between two look-ups they come by a million rules.
/// Without a barrier between batches one may meet the first and the third, and is lost.</summary>
[Category("Netns")]
[NonParallelizable]
internal sealed class SlowPacketsTests
{
    private const int Levels = 5, Branches = 16; // 16 to the 5th rules
    private const int Changes = 30;
    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(120);

    [Test]
    public void A_packet_that_is_slow_meets_one_step_of_a_change_at_most()
    {
        using var kernel = new KernelCluster(pods: 2);
        var flow = new Probe(Address.Parse(RandomCluster.AddressesOf(0, 0)[0]), Address.Parse(RandomCluster.AddressesOf(1, 0)[0]), TransportProtocol.Udp, 53);
        using var traffic = new Traffic(kernel, [flow]);
        kernel.Apply(Rules(flow, isEarly: true));
        using var round = new AutoResetEvent(false);
        var (packets, lost, isStopped) = (0, 0, false);
        var sender = Start(() =>
        {
            Traffic.StayOnOneProcessor();
            var arrived = new HashSet<int>();
            while (!Volatile.Read(ref isStopped))
            {
                traffic.Round([0], arrived);
                (packets, lost) = (packets + 1, lost + 1 - arrived.Count);
                round.Set();
            }
        });
        var changes = 0;
        Start(() =>
        {
            Traffic.StayOnOneProcessor(isOther: true); // on the sender's it would run only while no packet is inside
            while (changes < Changes && round.WaitOne(Deadline))
            {
                kernel.Apply(Rules(flow, isEarly: ++changes % 2 == 0));
            }
        }).Join();
        Volatile.Write(ref isStopped, true);
        sender.Join();
        TestContext.Out.WriteLine($"{packets} packets, {lost} lost");
        Assert.That(changes, Is.EqualTo(Changes));
        Assert.That(packets, Is.GreaterThanOrEqualTo(Changes));
        Assert.That(lost, Is.Zero);
    }

    private static Thread Start(Action work)
    {
        var thread = new Thread(() => work()) { IsBackground = true };
        thread.Start();
        return thread;
    }

    /// <summary>Each lets the flow pass, by the set that is asked first or by the one that is asked last.</summary>
    private static Ruleset Rules(Probe flow, bool isEarly)
    {
        var slow = Enumerable.Range(1, Levels).Select(level => new Chain($"slow{level}", null, [.. Enumerable.Repeat(
            level == Levels
                ? new Rule([new Match.Protocol(253)], new RuleAction.Decide(Verdict.Drop), "")
                : SmallRuleset.Always(Verdict.Jump($"slow{level + 1}")),
            Branches)], ""));
        var forward = new Chain("forward", new ChainHook(HookPoint.Forward, 0),
        [
            SmallRuleset.InSet("early", Verdict.Accept),
            SmallRuleset.Always(Verdict.Jump("slow1")),
            SmallRuleset.InSet("late", Verdict.Accept),
            SmallRuleset.Always(Verdict.Drop),
        ], "");
        return SmallRuleset.Of([Set("early", isEarly), Set("late", !isEarly)], slow.Append(forward));

        MatchSet Set(string name, bool hasIt) => new(
            name, IpFamily.V4, [RuleField.SourceAddress], Ranges: false, hasIt ? [new SetElement(flow.From.Value, flow.From.Value)] : [], "");
    }
}
