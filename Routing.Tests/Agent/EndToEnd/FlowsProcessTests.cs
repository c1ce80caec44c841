using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using System.Text.Json;
using System.Text.RegularExpressions;
using Routing.Agent.Lab.Processes;
using Routing.Tests.Netns;

namespace Routing.Tests.Agent.EndToEnd;

/// <summary>A denied packet of a real pod, from the kernel to `routing flows`.</summary>
[Category("Netns")]
public sealed partial class FlowsProcessTests
{
    private const int Flood = 3000;

    [Test]
    public async Task A_denied_packet_is_seen_with_its_pods_and_policy_and_a_flood_is_limited()
    {
        await using var node = await AgentNode.CreateAsync();
        using var web = TestNamespace.Create("web");
        using var client = TestNamespace.Create("client");
        await node.CreatePodAsync("web", """{"app": "web"}""");
        await node.CreatePodAsync("client");
        await node.Api!.OkAsync("POST", "/apis/networking.k8s.io/v1/namespaces/default/networkpolicies", """
            {"apiVersion": "networking.k8s.io/v1", "kind": "NetworkPolicy", "metadata": {"name": "web"},
             "spec": {"podSelector": {"matchLabels": {"app": "web"}}, "ingress": [{"ports": [{"port": 80}]}]}}
            """);
        node.StartAgent("--metrics-port", "9178");
        await node.ReadyAsync();
        Assert.That((await node.CniAsync("ADD", "client", client)).ExitCode, Is.Zero, node.Output);
        var added = await node.CniAsync("ADD", "web", web);
        var address = IPAddress.Parse(FirstAddress().Match(added.Output).Groups[1].Value);

        using var follower = Follow(node);
        try
        {
            await FollowAsync(node, follower, client, address);
        }
        finally
        {
            if (!follower.HasExited)
            {
                follower.Kill(); // a failure leaves nothing running
            }
        }
    }

    private static async Task FollowAsync(AgentNode node, Process follower, TestNamespace client, IPAddress address)
    {
        Send(client, address, 53, 1);
        var flow = await NextAsync(follower);
        Assert.Multiple(() =>
        {
            Assert.That(Text(flow, "verdict"), Is.EqualTo("Deny"));
            Assert.That(Text(flow, "direction"), Is.EqualTo("Ingress"));
            Assert.That(Text(flow.GetProperty("from"), "pod"), Is.EqualTo("client"));
            Assert.That(Text(flow.GetProperty("to"), "pod"), Is.EqualTo("web"));
            Assert.That((Text(flow, "protocol"), flow.GetProperty("port").GetInt32()), Is.EqualTo(("UDP", 53)));
            Assert.That(Text(flow, "reason"), Is.EqualTo("Isolated"));
            Assert.That(Text(flow.GetProperty("rules")[0], "name"), Is.EqualTo("web"));
        });

        var line = (await node.AskAsync("flows", "--pod", "default/client")).Output;
        Assert.That(line, Does.Match(
            @"^\d\d:\d\d:\d\d\.\d{3} deny  default/client -> default/web UDP 53 1 packet: "
            + "ingress isolated by NetworkPolicy default/web, no rule allows it\n$"));
        Assert.That((await node.AskAsync("flows", "--policy", "default/other")).Output, Is.Empty);
        var wrong = await node.AskAsync("flows", "--pod", "client");
        Assert.That((wrong.Code, wrong.Error), Is.EqualTo((2,
            "routing: --pod 'client': allowed is namespace/name (see 'routing flows --help')\n")));
        Assert.That(node.Namespace.Run("curl", "-s", "http://127.0.0.1:9178/metrics"), Does.Match(
            "\nrouting_policy_reported_packets{.*policy=\"NetworkPolicy default/web\".*} 1\n")
            .And.Match("\nrouting_policy_packets{.*direction=\"ingress\".*verdict=\"deny\".*} [1-9]"));

        // An agent that starts again is followed further.
        await node.EndAgentAsync(Signals.Kill);
        node.StartAgent();
        await node.ReadyAsync();
        var second = await NextAsync(follower, () => Send(client, address, 54, 1));
        Assert.That(second.GetProperty("port").GetInt32(), Is.EqualTo(54));

        // The kernel counts all of a flood and reports some of it.
        Send(client, address, 55, Flood);
        await Until.TrueAsync("all are counted", () => Dropped(node) >= Flood);
        var reported = 0;
        do
        {
            flow = await NextAsync(follower);
            reported += flow.GetProperty("port").GetInt32() == 55 ? int.Parse(Text(flow, "packets")) : 0;
        }
        while (reported == 0);
        Assert.That(reported, Is.LessThan(Flood / 2));

        Signals.Send(follower.Id, 2);
        await follower.WaitForExitAsync().WaitAsync(TimeSpan.FromSeconds(20));
        Assert.That(follower.ExitCode, Is.Zero);
    }

    [Test]
    public async Task An_agent_that_cannot_see_flows_says_why()
    {
        await using var node = await AgentNode.CreateAsync();
        node.StartAgent("--flows", "off");
        await node.ReadyAsync();
        var answer = await node.AskAsync("flows", "--follow").WaitAsync(TimeSpan.FromSeconds(60));
        Assert.That((answer.Code, answer.Error), Is.EqualTo((1,
            $"routing: {node.AgentSocket}: this agent cannot see flows: it was started with --flows off\n")));
        Assert.That(node.Namespace.Nft("-s", "list", "ruleset"), Does.Not.Contain("log prefix"));
    }

    private static Process Follow(AgentNode node) => Process.Start(new ProcessStartInfo(
        Repository.PathOf("Routing.Agent/bin/Release/net10.0/routing"),
        ["flows", "--follow", "-o", "json", "--socket", node.AgentSocket])
    {
        RedirectStandardOutput = true,
        RedirectStandardError = true,
    })!;

    private static async Task<JsonElement> NextAsync(Process follower, Action? poke = null)
    {
        var line = follower.StandardOutput.ReadLineAsync();
        while (poke is not null && !line.IsCompleted)
        {
            poke(); // until the follower has found the new agent
            await Task.WhenAny(line, Task.Delay(TimeSpan.FromMilliseconds(200)));
        }

        return JsonDocument.Parse((await line.WaitAsync(TimeSpan.FromSeconds(30)))!).RootElement;
    }

    private static string Text(JsonElement element, string name) => element.GetProperty(name).ToString();

    private static long Dropped(AgentNode node) => LastDrop().Matches(node.Namespace.Nft("list", "ruleset"))
        .Sum(match => long.Parse(match.Groups[1].Value));

    private static void Send(TestNamespace from, IPAddress to, int port, int count) => from.Inner.Run(() =>
    {
        using var socket = new Socket(to.AddressFamily, SocketType.Dgram, ProtocolType.Udp);
        for (var i = 0; i < count; i++)
        {
            socket.SendTo("x"u8, new IPEndPoint(to, port));
        }
    });

    [GeneratedRegex("\"address\": ?\"(10[.0-9]+)/")]
    private static partial Regex FirstAddress();

    [GeneratedRegex("counter packets ([0-9]+) bytes [0-9]+ goto ingress-[0-9a-f]+-deny")]
    private static partial Regex LastDrop();
}
