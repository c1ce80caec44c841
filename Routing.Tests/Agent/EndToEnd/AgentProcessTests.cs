using System.Text.Json;
using Routing.Agent.Lab.Processes;
using Routing.Tests.Netns;

namespace Routing.Tests.Agent.EndToEnd;

[Category("Netns")]
public sealed class AgentProcessTests
{
    [Test]
    public async Task An_agent_attaches_a_pod_shows_it_and_leaves_everything_on_SIGTERM()
    {
        await using var node = await AgentNode.CreateAsync();
        using var pod = TestNamespace.Create("pod");
        await node.CreatePodAsync("web");
        node.StartAgent();
        await node.ReadyAsync();
        var added = await node.CniAsync("ADD", "web", pod);
        Assert.That(added.ExitCode, Is.Zero, added.Output + added.Error);

        var pods = await node.AskAsync("pods", "--json");
        using var json = JsonDocument.Parse(pods.Output);
        var shown = json.RootElement.GetProperty("pods")[0];
        Assert.That(shown.GetProperty("name").GetString(), Is.EqualTo("web"));
        Assert.That(shown.GetProperty("committed").GetBoolean(), Is.True);
        Assert.That((await node.AskAsync("pods")).Output,
            Does.Contain("10.1.0.").And.Contain("fd00:1::").And.Contain("yes"));
        Assert.That(node.Namespace.Ip("route", "show", "proto", "114"), Does.Contain("unreachable 10.1.0.0/26"));
        Assert.That(node.Namespace.Ip("-6", "route", "show", "proto", "114"), Does.Contain("unreachable fd00:1::/64"));

        var before = Kernel(node);
        Assert.That(await node.EndAgentAsync(), Is.Zero, node.Output);
        Assert.That(Kernel(node), Is.EqualTo(before));
        Assert.That(File.Exists(node.AgentSocket), Is.False);
        var gone = await node.AskAsync("status");
        Assert.That(gone.Code, Is.EqualTo(1));
        Assert.That(gone.Error, Does.StartWith($"routing: no agent at {node.AgentSocket}").And.Contain("--socket"));
    }

    [TestCase(Signals.Kill)]
    [TestCase(Signals.Terminate)]
    public async Task A_restart_touches_neither_rules_nor_routes(int signal)
    {
        await using var node = await AgentNode.CreateAsync();
        using var pod = TestNamespace.Create("pod");
        await node.CreatePodAsync("web", """{"app": "web"}""");
        await node.Api!.OkAsync("POST", "/apis/networking.k8s.io/v1/namespaces/default/networkpolicies", """
            {"apiVersion": "networking.k8s.io/v1", "kind": "NetworkPolicy", "metadata": {"name": "web"},
             "spec": {"podSelector": {"matchLabels": {"app": "web"}},
                      "ingress": [{"from": [{"podSelector": {}}], "ports": [{"port": 80}]}]}}
            """);
        node.StartAgent();
        await node.ReadyAsync();
        Assert.That((await node.CniAsync("ADD", "web", pod)).ExitCode, Is.Zero, node.Output);
        var before = Kernel(node);

        using var watch = await KernelWatch.StartAsync(node.Namespace);
        await node.EndAgentAsync(signal);
        node.StartAgent();
        await node.ReadyAsync();
        var policies = await node.AskAsync("policy", "list");
        Assert.That(policies.Output, Does.Contain("default/web").And.Contain("Ingress"));
        Assert.That(await watch.EventsAsync(), Is.Empty, "the kernel saw a change");

        // And the new agent owns what the old one made.
        Assert.That((await node.CniAsync("DEL", "web", pod)).ExitCode, Is.Zero, node.Output);
        Assert.That((await node.AskAsync("pods", "--json")).Output, Does.Not.Contain("web"));
        Assert.That(node.Namespace.Ip("-o", "link"), Does.Not.Contain(": rt"));
    }

    [TestCase("delete table inet routing")]
    [TestCase("flush map inet routing ingress-by-interface")]
    [TestCase("flush chain inet routing forward")]
    public async Task Rules_that_somebody_else_damages_come_back(string damage)
    {
        await using var node = await AgentNode.CreateAsync();
        using var pod = TestNamespace.Create("pod");
        await node.CreatePodAsync("web");
        node.StartAgent();
        await node.ReadyAsync();
        Assert.That((await node.CniAsync("ADD", "web", pod)).ExitCode, Is.Zero, node.Output);
        var before = node.Namespace.Nft("-s", "list", "ruleset"); // counters go on counting
        node.Namespace.Nft(damage.Split(' '));
        await Until.TrueAsync("the rules are back", () => node.Namespace.Nft("-s", "list", "ruleset") == before);
        await Until.TrueAsync(
            "the log says so",
            () => node.Output.Contains("somebody else had changed our rules", StringComparison.Ordinal));
    }

    [Test]
    public async Task An_agent_waits_for_the_api_server_and_says_so()
    {
        await using var node = await AgentNode.CreateAsync(withApi: false);
        node.StartAgent();
        await Until.TrueAsync("it says so", () =>
            node.Output.Contains("Connection refused", StringComparison.Ordinal));
        var status = await node.AskAsync("status");
        Assert.That(status.Code, Is.EqualTo(1));
        Assert.That(status.Output, Does.Contain("not ready").And.Contain("Connection refused"));
        Assert.That(node.Namespace.Nft("list", "ruleset"), Does.Contain("table inet routing"), "closed while it waits");
        Assert.That(node.IsRunning, Is.True);
    }

    [Test]
    public async Task An_agent_whose_api_server_goes_away_says_what_is_in_force()
    {
        await using var node = await AgentNode.CreateAsync();
        node.StartAgent();
        await node.ReadyAsync();
        var ready = await node.AskAsync("status");
        Assert.That(ready.Output, Does.Not.Contain("does not tell")
            .And.Match("(?m)^pods +connected +yes").And.Match("(?m)^tiers.projectcalico.org +not defined +yes"));

        await node.Api!.Server.DisposeAsync();
        await Until.TrueAsync("all kinds that are followed are away", () => node.AskAsync("status").GetAwaiter().GetResult().Output
            .Contains("the API server does not tell of anything: what was known last is in force", StringComparison.Ordinal));
        var away = await node.AskAsync("status");
        Assert.That(away.Code, Is.Zero, "it is ready");
        Assert.That(away.Output, Does.Match("(?m)^pods +disconnected +yes").And.Match("(?m)^tiers.projectcalico.org +(not defined|disconnected) +yes"));
    }

    [Test]
    public async Task An_agent_waits_for_its_node_and_says_so()
    {
        await using var node = await AgentNode.CreateAsync(withNode: false);
        node.StartAgent();
        await Until.TrueAsync(
            "the status says so",
            () => node.AskAsync("status").GetAwaiter().GetResult().Output
                .Contains("knows no node node-1; waiting for it", StringComparison.Ordinal));
        Assert.That(node.Output, Does.Contain("Is --node right?"));
        await node.CreateNodeAsync();
        await node.ReadyAsync();
    }

    [Test]
    public async Task A_second_agent_and_a_port_in_use_are_one_line_errors()
    {
        await using var node = await AgentNode.CreateAsync();
        node.StartAgent("--metrics-port", "9178");
        await node.ReadyAsync();
        var routing = Repository.PathOf("Routing.Agent/bin/Release/net10.0/routing");
        string[] command = [routing, "agent", "--node", "node-1", "--kubeconfig", node.Kubeconfig];
        var second = await node.RunAsync([.. command, "--state-dir", node.StateDirectory]);
        Assert.That(second, Is.EqualTo((1, $"routing: another agent runs on {node.StateDirectory}: stop it first, "
            + "or choose another directory with --state-dir\n")));

        var other = node.StateDirectory + "-2";
        var before = Kernel(node);
        var port = await node.RunAsync([.. command, "--state-dir", other, "--metrics-port", "9178"]);
        Assert.That(port, Is.EqualTo((1, "routing: 127.0.0.1:9178 is in use: stop what listens there, "
            + "or choose another port with --metrics-port\n")));
        Assert.That(Kernel(node), Is.EqualTo(before));

        // A user namespace without a mapping: nobody for the program, but still root for the folders on the way to it.
        var asNobody = await node.RunAsync([Requires.Tool("unshare"), "--user", routing, "agent", "--node", "n"]);
        Assert.That(asNobody, Is.EqualTo((1,
            "routing: routing agent changes interfaces, routes and packet filters of this host: "
            + "run it as root\n")));
        Assert.That(Pages(node), Does.Contain("routing_pods").And.Contain("routing_ruleset_in_force 1").And.EndWith("ok\nok\n"));
    }

    private static string Pages(AgentNode node) => string.Concat(new[] { "metrics", "healthz", "readyz" }
        .Select(page => node.Namespace.Run("curl", "-s", $"http://127.0.0.1:9178/{page}")));

    private static string Kernel(AgentNode node) => string.Join('\n',
        node.Namespace.Nft("-s", "list", "ruleset"), node.Namespace.Ip("route"), node.Namespace.Ip("-6", "route"));
}
