using System.Net;
using System.Net.Sockets;
using System.Text.RegularExpressions;
using Routing.Tests.Netns;

namespace Routing.Tests.Agent.EndToEnd;

/// <summary>An agent with the iptables back end: what packets did is seen as with nf_tables.</summary>
[Category("Netns")]
public sealed partial class IptablesAgentTests
{
    [Test]
    public async Task Flows_counters_status_and_live_explanations_come_from_iptables_as_well()
    {
        Requires.Tool("iptables-restore");
        Requires.Tool("ipset");
        await using var node = await AgentNode.CreateAsync();
        using var web = TestNamespace.Create("web");
        using var client = TestNamespace.Create("client");
        await node.CreatePodAsync("web", """{"app": "web"}""");
        await node.CreatePodAsync("client");
        await node.Api!.OkAsync("POST", "/apis/networking.k8s.io/v1/namespaces/default/networkpolicies", """
            {"apiVersion": "networking.k8s.io/v1", "kind": "NetworkPolicy", "metadata": {"name": "web"},
             "spec": {"podSelector": {"matchLabels": {"app": "web"}}, "ingress": [{"ports": [{"port": 53, "protocol": "UDP"}]}]}}
            """);
        node.StartAgent("--metrics-port", "9180", "--backend", "iptables");
        await node.ReadyAsync();
        Assert.That((await node.CniAsync("ADD", "client", client)).ExitCode, Is.Zero, node.Output);
        var added = await node.CniAsync("ADD", "web", web);
        var address = IPAddress.Parse(FirstAddress().Match(added.Output).Groups[1].Value);
        Assert.That((await node.AskAsync("status")).Output, Does.Match("\nRules       iptables[a-z-]*: [1-9][0-9]* transactions, "));

        Send(client, address, 53);
        Send(client, address, 54);
        var flows = "";
        await Until.TrueAsync("the denied packet is told", () =>
            (flows = node.AskAsync("flows").GetAwaiter().GetResult().Output).Contains("UDP 54", StringComparison.Ordinal));
        Assert.That(flows, Does.Match(
            @"^\d\d:\d\d:\d\d\.\d{3} deny  default/client -> default/web UDP 54 1 packet: "
            + "ingress isolated by NetworkPolicy default/web, no rule allows it\n$"));
        Assert.That(node.Namespace.Run("curl", "-s", "http://127.0.0.1:9180/metrics"),
            Does.Match("\nrouting_policy_packets{.*direction=\"ingress\".*verdict=\"allow\".*} 1\n")
            .And.Match("\nrouting_policy_packets{.*direction=\"ingress\".*verdict=\"deny\".*} 1\n"));

        var live = await node.AskAsync(
            "policy", "explain", "--live", "--from", "default/client", "--to", "default/web", "--port", "54/udp", "--expect", "deny");
        Assert.That((live.Code, live.Error), Is.EqualTo((0, "")), live.Output);
        Assert.That(live.Output, Does.Contain("RT-ingress-").And.Contain("1 packet, 29 octets").And.Contain("isolates the pod"));
    }

    private static void Send(TestNamespace from, IPAddress to, int port) => from.Inner.Run(() =>
    {
        using var socket = new Socket(to.AddressFamily, SocketType.Dgram, ProtocolType.Udp);
        socket.SendTo("x"u8, new IPEndPoint(to, port));
    });

    [GeneratedRegex("\"address\": ?\"(10[.0-9]+)/")]
    private static partial Regex FirstAddress();
}
