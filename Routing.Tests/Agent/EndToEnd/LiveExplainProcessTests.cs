using System.Text.Json;
using Routing.Tests.Netns;

namespace Routing.Tests.Agent.EndToEnd;

/// <summary>`routing policy explain --live` asks the real agent of a node.</summary>
[Category("Netns")]
public sealed class LiveExplainProcessTests
{
    [Test]
    public async Task The_agent_of_the_node_says_what_its_kernel_makes_of_a_flow()
    {
        await using var node = await AgentNode.CreateAsync();
        using var web = TestNamespace.Create("web");
        using var client = TestNamespace.Create("client");
        await node.CreatePodAsync("web", """{"app": "web"}""");
        await node.CreatePodAsync("client");
        await node.CreatePodAsync("waiting");
        await node.Api!.OkAsync("POST", "/apis/networking.k8s.io/v1/namespaces/default/networkpolicies", """
            {"apiVersion": "networking.k8s.io/v1", "kind": "NetworkPolicy", "metadata": {"name": "web"},
             "spec": {"podSelector": {"matchLabels": {"app": "web"}}, "ingress": [{"ports": [{"port": 80}]}]}}
            """);
        node.StartAgent();
        await node.ReadyAsync();
        Assert.That((await node.CniAsync("ADD", "client", client)).ExitCode, Is.Zero, node.Output);
        Assert.That((await node.CniAsync("ADD", "web", web)).ExitCode, Is.Zero, node.Output);

        Assert.That((await node.AskAsync("status")).Output, Does.Match("\nRules       nftables: [1-9][0-9]* transactions, "));
        string[] flow = ["policy", "explain", "--live", "--from", "default/client", "--to", "default/web", "--port"];
        var allowed = await node.AskAsync([.. flow, "80/tcp", "--expect", "allow"]);
        Assert.That((allowed.Code, allowed.Error), Is.EqualTo((0, "")));
        Assert.That(allowed.Output, Does.StartWith("default/client -> default/web TCP 80: passed by the rules of node node-1 (nftables)\n")
            .And.Contain("put there by NetworkPolicy default/web spec.ingress[0]\n"));

        var denied = await node.AskAsync([.. flow, "22", "-o", "json"]);
        Assert.That((denied.Code, denied.Error), Is.EqualTo((0, "")), "the kernel does what the policies say");
        var reply = JsonDocument.Parse(denied.Output).RootElement;
        Assert.That(reply.GetProperty("agrees").GetBoolean(), Is.True);
        Assert.That(
            reply.GetProperty("families").EnumerateArray().Select(family => family.GetProperty("verdict").GetString()),
            Is.EqualTo(new[] { "Drops", "Drops" }));
        Assert.That((await node.AskAsync([.. flow, "22", "--expect", "allow"])).Code, Is.EqualTo(1));

        await WrongAsync(node, 1, $"{node.AgentSocket}: the agent of node-1 knows no pod 'default/nobody'; ends are pods or addresses here, not workloads", "default/nobody", "default/web");
        await WrongAsync(node, 1, $"{node.AgentSocket}: default/waiting is bound to this node (node-1), but has no interface here", "default/waiting", "default/web");
        await WrongAsync(node, 2, "--from 'web' is not allowed with --live; NAMESPACE/POD or an IP address", "web", "default/web");
        await WrongAsync(node, 2, "--live asks the agent, which knows its cluster; -f, --kubeconfig and --context are not allowed with it",
            "default/client", "default/web", "-f", "somewhere.yaml");
        await node.EndAgentAsync();
        var silent = await node.AskAsync([.. flow, "80"]);
        Assert.That(silent.Code, Is.EqualTo(1));
        Assert.That(silent.Error, Does.Contain(node.AgentSocket).And.Contain("agent"));
    }

    private static async Task WrongAsync(AgentNode node, int code, string message, string from, string to, params string[] more)
    {
        var answer = await node.AskAsync(["policy", "explain", "--live", "--from", from, "--to", to, "--port", "80", .. more]);
        Assert.That((answer.Code, answer.Output, answer.Error), Is.EqualTo((code, "", $"routing: {message}\n")));
    }
}
