using System.Collections.Immutable;
using Routing.Policy.Model;
using Routing.Policy.Rules;

namespace Routing.Tests.Policy.Netns;

/// <summary>Packets that sets of ranges let pass before a change and after it. While it is made the kernel may not find them there: not all
/// kernels show the same of this.</summary>
[Category("Netns")]
internal sealed class RangesTests
{
    private const int Nets = 2000, NetsAtPorts = 50; // an edit takes the longer
    private const int Changes = 60;
    private const int InRound = 50;
    private const ushort Port = 53;

    private static readonly ImmutableArray<RuleField> Addresses = [RuleField.SourceAddress];
    private static readonly ImmutableArray<RuleField> AddressesAndPorts = [.. Addresses, RuleField.Protocol, RuleField.DestinationPort];

    // Up to Linux 6.16 a range that is about to come hides the one whose place it takes.
    [Test]
    public void Nets_that_take_the_place_of_others() => AssertAllArrive(isWide => Rules(Addresses, isWide ? 200u : 100u));

    // Up to Linux 6.16 what goes is not found from one moment on, and what comes from a later one on.
    [Test]
    public void Nets_at_ports_that_take_the_place_of_others() => AssertAllArrive(isWide => Rules(AddressesAndPorts, isWide ? 200u : 100u));

    // Since Linux 7.0, and in releases of 6.18, the elements of a new set come after the rules that look there.
    [Test]
    public void Nets_in_a_set_that_is_new() => AssertAllArrive(isNew => isNew ? Rules(Addresses, 100) : Open());

    /// <summary>A flow from the first pod, while one ruleset follows the other.</summary>
    private static void AssertAllArrive(Func<bool, Ruleset> rules)
    {
        using var kernel = new KernelCluster(pods: 2);
        var flow = new Probe(Source, Address.Parse(RandomCluster.AddressesOf(1, 0)[0]), TransportProtocol.Udp, Port);
        using var traffic = new Traffic(kernel, [.. Enumerable.Repeat(flow, InRound)]);
        kernel.Apply(rules(false));
        var (sent, lost, isStopped) = (0, 0, false);
        var sender = new Thread(() =>
        {
            Traffic.StayOnOneProcessor();
            var arrived = new HashSet<int>();
            int[] all = [.. Enumerable.Range(0, InRound)];
            while (!Volatile.Read(ref isStopped))
            {
                traffic.Round(all, arrived);
                (sent, lost) = (sent + InRound, lost + InRound - arrived.Count);
            }
        }) { IsBackground = true };
        sender.Start();
        try
        {
            for (var change = 1; change <= Changes; change++)
            {
                kernel.Apply(rules(change % 2 == 1));
            }
        }
        finally
        {
            Volatile.Write(ref isStopped, true);
            sender.Join();
        }

        TestContext.Out.WriteLine($"{sent} packets, {lost} lost");
        Assert.That(sent, Is.GreaterThanOrEqualTo(InRound));
        Assert.That(lost, Is.Zero);
    }

    private static Address Source => Address.Parse(RandomCluster.AddressesOf(0, 0)[0]);

    private static Ruleset Open() => SmallRuleset.Of([], Forward(SmallRuleset.Always(Verdict.Accept)));

    /// <summary>The flow passes by one range of many.</summary>
    private static Ruleset Rules(ImmutableArray<RuleField> key, uint size)
    {
        var (protocol, port) = key == Addresses ? ((byte)0, (ushort)0) : ((byte)TransportProtocol.Udp, Port);
        var elements = Enumerable.Range(0, key == Addresses ? Nets : NetsAtPorts).Select(i => Source.Value + (uint)(i << 8))
            .Select(low => new SetElement(low, low + size, protocol, port, port));
        return SmallRuleset.Of(
            [new MatchSet("nets", IpFamily.V4, key, Ranges: true, [.. elements], "")],
            Forward(SmallRuleset.InSet("nets", Verdict.Accept), SmallRuleset.Always(Verdict.Drop)));
    }

    private static Chain Forward(params ImmutableArray<Rule> rules) => new("forward", new ChainHook(HookPoint.Forward, 0), rules, "");
}
