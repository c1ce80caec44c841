using System.Diagnostics.Metrics;
using System.Net;
using System.Net.Sockets;
using Routing.Agent.Dataplane.Iptables;
using Routing.Agent.Dataplane.Nftables;
using Routing.Agent.Metrics;
using Routing.Agent.Netlink.Nftables;
using Routing.Policy.Rules;

namespace Routing.Tests.Netns;

[Category("Netns")]
internal sealed class RuleCountersTests
{
    private const string Rules = """
        table inet routing {
            chain ingress-0123456789ab {
                udp dport 7 counter accept
                udp dport 9 counter goto ingress-0123456789ab-deny
                counter goto ingress-0123456789ab-1
            }
            chain ingress-0123456789ab-1 { counter drop; }
            chain ingress-0123456789ab-deny { drop; }
            chain input { type filter hook input priority 0; goto ingress-0123456789ab; }
        }
        """;

    [Test]
    public void Rules_are_added_up_by_verdict_and_the_sums_go_on_when_rules_are_written_anew()
    {
        using var node = TestNamespace.Create("node");
        var counters = new RuleCounters(() => new NftKernelRules(NftNetlink.Open(node.Inner, "routing")));
        Assert.That(counters.Read(), Is.Empty, "there is no table yet");

        node.Nft(Rules);
        Send(node, 7, 3);
        Send(node, 9, 2);
        Send(node, 11, 1);
        Assert.That(Text(counters.Read()), Is.EqualTo("ingress allow 3, ingress deny 3, ingress pass 1"));
        Assert.That(Text(counters.Read()), Is.EqualTo("ingress allow 3, ingress deny 3, ingress pass 1"));

        node.Nft($"delete table inet routing\n{Rules}");
        Send(node, 7, 4); // more than before, by a rule that has the same number in another table
        Assert.That(Text(counters.Read()), Is.EqualTo("ingress allow 7, ingress deny 3, ingress pass 1"));
        node.Nft("flush chain inet routing ingress-0123456789ab-1; add rule inet routing ingress-0123456789ab-1 counter drop");
        var before = Sum(counters.Read(), "deny");
        Send(node, 11, 4);
        Assert.That(Sum(counters.Read(), "deny"), Is.EqualTo(before + 4));
    }

    [Test]
    public void A_table_that_the_kernel_does_not_have_has_counted_nothing()
    {
        using var node = TestNamespace.Create("node");
        var programs = FilterBackend.IptablesLegacy.Programs(new ProgramRunner(node.Inner));
        Assert.That(programs.SaveCounted(IpFamily.V4, "absent"), Is.Empty);
    }

    private static string Text(IEnumerable<Measurement<long>> measurements) => string.Join(", ", measurements
        .Select(each => $"{string.Join(' ', each.Tags.ToArray().Select(tag => tag.Value))} {each.Value}").Order());

    private static long Sum(IEnumerable<Measurement<long>> measurements, string verdict) =>
        measurements.Where(each => each.Tags.ToArray().Any(tag => (string?)tag.Value == verdict)).Sum(each => each.Value);

    private static void Send(TestNamespace node, int port, int count) => node.Inner.Run(() =>
    {
        // Into a socket that is bound, so that no ICMP error comes back by the rules.
        using var receiver = new Socket(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
        receiver.Bind(new IPEndPoint(IPAddress.Loopback, port));
        using var sender = new Socket(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
        for (var i = 0; i < count; i++)
        {
            sender.SendTo("x"u8, new IPEndPoint(IPAddress.Loopback, port));
        }
    });
}
