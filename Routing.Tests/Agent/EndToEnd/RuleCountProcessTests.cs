using System.Net;
using System.Net.Sockets;
using System.Text.Json;
using System.Text.RegularExpressions;
using Routing.Agent.Lab.Processes;
using Routing.Tests.Netns;

namespace Routing.Tests.Agent.EndToEnd;

/// <summary>Packets of real pods, from the kernel to `routing policy counters`.</summary>
[Category("Netns")]
public sealed partial class RuleCountProcessTests
{
    private const string Counting = "--count-rules";

    [TestCase("nftables")]
    [TestCase("iptables")]
    public async Task An_agent_tells_how_many_packets_each_rule_has_decided_also_one_that_was_killed_and_starts_again(string backend)
    {
        await using var node = await AgentNode.CreateAsync();
        using var web = TestNamespace.Create("web");
        using var client = TestNamespace.Create("client");
        await node.CreatePodAsync("web", """{"app": "web"}""");
        await node.CreatePodAsync("client");
        await node.Api!.OkAsync("POST", "/apis/networking.k8s.io/v1/namespaces/default/networkpolicies", """
            {"apiVersion": "networking.k8s.io/v1", "kind": "NetworkPolicy", "metadata": {"name": "web"},
             "spec": {"podSelector": {"matchLabels": {"app": "web"}}, "ingress": [
               {"ports": [{"port": 80, "protocol": "UDP"}]}, {"ports": [{"port": 81, "protocol": "UDP"}]}]}}
            """);
        node.StartAgent(Counting, "--backend", backend, "--metrics-port", "9179");
        await node.ReadyAsync();
        Assert.That((await node.CniAsync("ADD", "client", client)).ExitCode, Is.Zero, node.Output);
        var added = await node.CniAsync("ADD", "web", web);
        var address = IPAddress.Parse(FirstAddress().Match(added.Output).Groups[1].Value);
        Send(client, address, 80, 3);
        Send(client, address, 53, 2);
        await CountsAsync(node, "spec.ingress[0] 3, spec.ingress[1] 0, 2 denied");
        Assert.That(
            node.Namespace.Run("curl", "-s", "http://127.0.0.1:9179/metrics"),
            Does.Match("routing_policy_rule_packets\\{.*policy=\"NetworkPolicy default/web\",.*rule=\"spec.ingress\\[0\\]\".*\\} 3\n"));

        Assert.That(await ExplainAsync(node), Does.Contain(
            "ingress to default/web is allowed by NetworkPolicy default/web at spec.ingress[0], which has decided 3 packets, 87 octets here\n"));

        await node.EndAgentAsync(Signals.Kill);
        node.StartAgent(Counting, "--backend", backend);
        await node.ReadyAsync();
        Send(client, address, 81, 1);
        await CountsAsync(node, "spec.ingress[0] 3, spec.ingress[1] 1, 2 denied");
        Assert.That((await node.AskAsync("policy", "counters", "--policy", "default/web", "--unused")).Output.Split('\n'), Has.Length.EqualTo(2));

        await node.EndAgentAsync();
        node.StartAgent("--backend", backend);
        await node.ReadyAsync();
        var refused = await node.AskAsync("policy", "counters");
        Assert.That((refused.Code, refused.Error), Is.EqualTo((
            1, $"routing: {node.AgentSocket}: this agent does not count by rule: it was not started with --count-rules\n")));
        Assert.That(await ExplainAsync(node), Does.Contain(
            "ingress to default/web is allowed by NetworkPolicy default/web at spec.ingress[0]\n"));
    }

    private static async Task<string> ExplainAsync(AgentNode node) => (await node.AskAsync(
        "policy", "explain", "--live", "--from", "default/client", "--to", "default/web", "--port", "80/udp")).Output;

    /// <summary>A packet may still be on its way, and who asks again within a second is told the same.</summary>
    private static Task CountsAsync(AgentNode node, string expected) => Until.TrueAsync(
        expected, async () => await TextAsync(node) == expected, onFailure: () => TextAsync(node));

    private static async Task<string> TextAsync(AgentNode node)
    {
        var answer = await node.AskAsync("policy", "counters", "-o", "json");
        Assert.That((answer.Code, answer.Error), Is.EqualTo((0, "")));
        var rules = JsonDocument.Parse(answer.Output).RootElement.GetProperty("rules").EnumerateArray().ToList();
        var denied = rules.Single(rule => Text(rule, "name").Length == 0 && Text(rule, "verdict") == "Deny");
        return string.Join(", ", rules.Where(rule => Text(rule, "name") == "web").Select(rule => $"{Text(rule, "field")} {Text(rule, "packets")}"))
            + $", {Text(denied, "packets")} denied";
    }

    private static string Text(JsonElement rule, string name) => rule.GetProperty(name).ToString();

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
}
