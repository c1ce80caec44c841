using System.Net;
using System.Net.Sockets;
using System.Text.RegularExpressions;
using Routing.Tests.Netns;
using Routing.Tests.Policy;

namespace Routing.Tests.Agent.EndToEnd;

/// <summary>Calico's kinds as an API server has them, by way of a real agent into a real kernel.</summary>
[Category("Netns")]
public sealed partial class CalicoAgentTests
{
    [Test]
    public async Task Calicos_objects_become_rules_follow_their_changes_and_say_what_is_wrong_with_them()
    {
        await using var node = await AgentNode.CreateAsync();
        using var pod = TestNamespace.Create("pod");
        node.Api!.KubectlApply(OptionalDefinitions.OfGroups("crd.projectcalico.org"));
        node.Api.KubectlApply(Partners("192.0.2.0/24") + """

            ---
            {apiVersion: crd.projectcalico.org/v1, kind: Tier, metadata: {name: security}, spec: {order: 100}}
            ---
            {apiVersion: crd.projectcalico.org/v1, kind: NetworkPolicy, metadata: {name: security.web, namespace: default},
             spec: {tier: security, selector: app == 'web', ingress: [
               {action: Allow, source: {selector: role == 'partner', namespaceSelector: global()}},
               {action: Allow, source: {nets: [203.0.113.0/24]}, http: {methods: [GET]}}]}}
            ---
            {apiVersion: crd.projectcalico.org/v1, kind: StagedGlobalNetworkPolicy, metadata: {name: later},
             spec: {ingress: [{action: Deny, source: {nets: [198.51.100.0/24]}}]}}
            """);
        await node.CreatePodAsync("web", """{"app": "web"}""");
        node.StartAgent();
        await node.ReadyAsync();
        Assert.That((await node.CniAsync("ADD", "web", pod)).ExitCode, Is.Zero, node.Output);

        Assert.That(
            node.Namespace.Nft("list", "table", "inet", "routing"),
            Does.Contain("192.0.2.0/24").And.Not.Contain("203.0.113.0"));
        var policies = (await node.AskAsync("policy", "list")).Output;
        Assert.That(policies, Does.Contain("security.web").And.Contain("CalicoNetworkPolicy").And.Contain("spec.ingress[1].http"));
        Assert.That(policies, Does.Contain("later").And.Contain("StagedGlobalNetworkPolicy"));
        Assert.That(node.Output, Does.Contain("spec.ingress[1].http"));

        node.Api.KubectlApply(Partners("192.0.3.0/24"));
        await Until.TrueAsync("the other nets", () =>
            node.Namespace.Nft("list", "table", "inet", "routing") is var now
            && now.Contains("192.0.3.0/24", StringComparison.Ordinal) && !now.Contains("192.0.2.0/24", StringComparison.Ordinal));
    }

    [Test]
    public async Task A_staged_policy_denies_nothing_and_what_it_would_deny_is_counted_and_told()
    {
        await using var node = await AgentNode.CreateAsync();
        using var web = TestNamespace.Create("web");
        using var client = TestNamespace.Create("client");
        node.Api!.KubectlApply(OptionalDefinitions.OfGroups("crd.projectcalico.org"));
        node.Api.KubectlApply(Partners("192.0.2.0/24") + """

            ---
            {apiVersion: networking.k8s.io/v1, kind: NetworkPolicy, metadata: {name: web, namespace: default},
             spec: {podSelector: {matchLabels: {app: web}}, ingress: [{ports: [{port: 53, protocol: UDP}, {port: 54, protocol: UDP}]}]}}
            ---
            {apiVersion: crd.projectcalico.org/v1, kind: StagedGlobalNetworkPolicy, metadata: {name: later},
             spec: {selector: app == 'web', order: 1, ingress: [
               {action: Log, protocol: UDP, source: {selector: app == 'client'}, destination: {ports: [53]}},
               {action: Deny, protocol: UDP, source: {selector: app == 'client'}, destination: {ports: [53]}}, {action: Allow}]}}
            ---
            {apiVersion: crd.projectcalico.org/v1, kind: GlobalNetworkPolicy, metadata: {name: noted},
             spec: {selector: app == 'web', order: 1, ingress: [{action: Log, protocol: UDP, destination: {ports: [54]}}]}}
            """);
        await node.CreatePodAsync("web", """{"app": "web"}""");
        await node.CreatePodAsync("client", """{"app": "client"}""");
        node.StartAgent("--metrics-port", "9179");
        await node.ReadyAsync();
        Assert.That((await node.CniAsync("ADD", "client", client)).ExitCode, Is.Zero, node.Output);
        var added = await node.CniAsync("ADD", "web", web);
        var address = IPAddress.Parse(FirstAddress().Match(added.Output).Groups[1].Value);

        Assert.That(Arrive(client, web, address, 53), Is.True, "it is staged");
        Assert.That(Arrive(client, web, address, 54), Is.True);
        var flows = "";
        await Until.TrueAsync("both are told", () =>
            (flows = node.AskAsync("flows").GetAwaiter().GetResult().Output).Contains("UDP 54", StringComparison.Ordinal)
            && flows.Contains("UDP 53", StringComparison.Ordinal));
        Assert.That(flows.Split('\n')[..^1], Is.EquivalentTo(new[] { 53, 54 }).Using<string, int>(
            (line, port) => line.Contains($"UDP {port} ", StringComparison.Ordinal)), "nothing else is reported without --flows all");
        Assert.That(flows, Does.Contain(
            "allow default/client -> default/web UDP 53 1 packet: ingress allowed by NetworkPolicy default/web spec.ingress[0]; "
            + "would deny with what is staged, by StagedGlobalNetworkPolicy later spec.ingress[1]\n"));
        Assert.That(flows, Does.Contain(
            "log   default/client -> default/web UDP 54 1 packet: ingress logged by GlobalNetworkPolicy noted spec.ingress[0]\n"));
        Assert.That(node.Namespace.Run("curl", "-s", "http://127.0.0.1:9179/metrics"),
            Does.Match("\nrouting_policy_packets{.*direction=\"ingress\".*verdict=\"staged\".*} 1\n")
            .And.Match("\nrouting_policy_packets{.*direction=\"ingress\".*verdict=\"allow\".*} 2\n")
            .And.Match("\nrouting_policy_staged_packets{.*policy=\"StagedGlobalNetworkPolicy later\".*} 1\n"));
    }

    private static bool Arrive(TestNamespace from, TestNamespace to, IPAddress address, int port)
    {
        using var receiver = to.Inner.Run(() =>
        {
            var socket = new Socket(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
            socket.Bind(new IPEndPoint(IPAddress.Any, port));
            return socket;
        });
        from.Inner.Run(() =>
        {
            using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
            socket.SendTo("x"u8, new IPEndPoint(address, port));
        });
        return receiver.Poll(TimeSpan.FromSeconds(20), SelectMode.SelectRead);
    }

    [GeneratedRegex("\"address\": ?\"(10[.0-9]+)/")]
    private static partial Regex FirstAddress();

    private static string Partners(string net) => $$"""
        apiVersion: crd.projectcalico.org/v1
        kind: GlobalNetworkSet
        metadata: {name: partners, labels: {role: partner} }
        spec: {nets: [{{net}}] }
        """;
}
