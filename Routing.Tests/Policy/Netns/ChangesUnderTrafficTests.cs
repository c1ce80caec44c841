using Routing.Policy.Model;
using Routing.Tests.Netns;

namespace Routing.Tests.Policy.Netns;

/// <summary>Rules change while packets pass: each packet is judged by the rules before the change or by those after
/// it.</summary>
[Category("Netns")]
[NonParallelizable]
public class ChangesUnderTrafficTests
{
    private const int Pods = 4;
    private const int Restart = 500; // so many changes between two agents

    // One batch for each change got ten of 1.2 million packets wrong, several without a barrier between them one of twelve (ADR 0018).
    // An iptables change takes programs some 30 times as long as a netlink batch takes.
    [TestCase(FilterBackend.Nftables, 10_000)]
    [TestCase(FilterBackend.IptablesNft, 100)]
    [TestCase(FilterBackend.IptablesLegacy, 80)]
    public void A_packet_that_old_and_new_allow_arrives_and_one_that_both_deny_does_not(FilterBackend backend, int changes)
    {
        Requires.Root();
        const int seed = 20261;
        using var kernel = new KernelCluster(Pods, backend);
        kernel.Node.Inner.WriteSysctls(
        [
            new("netfilter/nf_conntrack_udp_timeout", "1"), // the table of flows stays small
            new("netfilter/nf_conntrack_sctp_timeout_cookie_wait", "1"),
        ]);
        var flows = Flows().ToList();
        using var traffic = new Traffic(kernel, flows);
        var cluster = new RandomChanges(seed, Pods);
        using var judge = new TrafficJudge(flows, changes, seed);
        judge.Expect("the start", cluster);
        kernel.Apply(cluster.Policy.Compile());
        judge.Applied();

        var sender = new Thread(() => judge.Run(traffic)) { IsBackground = true, Name = "traffic" };
        sender.Start();
        try
        {
            for (var i = 1; i <= changes && judge.WaitForRound(); i++)
            {
                var what = cluster.Step();
                if (i % Restart == 0)
                {
                    kernel.Restart();
                    cluster.Restart();
                }

                var ruleset = cluster.Policy.Compile();
                judge.Expect(what, cluster);
                kernel.Apply(ruleset);
                judge.Applied();
            }

            judge.WaitForRound();
        }
        finally
        {
            judge.Stop();
            sender.Join();
        }

        TestContext.Out.WriteLine(judge);
        Assert.That(judge.Failure, Is.Null);
        Assert.That(judge.Wrong, Is.Empty, string.Join('\n', judge.Wrong));
        Assert.That(judge.Changes, Is.EqualTo(changes));
        Assert.That(judge.MustArrive, Is.GreaterThan(judge.Packets / 40), "flows that the rules allow before and after");
        Assert.That(judge.MustNot, Is.GreaterThan(judge.Packets / 40), "flows that they deny before and after");
    }

    private static IEnumerable<Probe> Flows()
    {
        var pods = Enumerable.Range(0, Pods).SelectMany(i => RandomCluster.AddressesOf(i, 0)).Select(Address.Parse).ToList();
        return from a in pods.Concat(RandomCluster.Externals)
               from b in pods.Concat(RandomCluster.Externals)
               where a.Family == b.Family && a != b && (pods.Contains(a) || pods.Contains(b))
               from port in new ushort[] { 53, 80 }
               select new Probe(a, b, port == 53 ? TransportProtocol.Udp : TransportProtocol.Sctp, port);
    }
}
