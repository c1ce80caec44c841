using Routing.Tests.Netns;
using Routing.Tests.Policy;

namespace Routing.Tests.Agent.EndToEnd;

/// <summary>Calico's kinds as an API server has them, by way of a real agent into a real kernel.</summary>
[Category("Netns")]
public sealed class CalicoAgentTests
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
            Does.Contain("192.0.2.0/24").And.Not.Contain("203.0.113.0").And.Not.Contain("198.51.100.0"));
        var policies = (await node.AskAsync("policy", "list")).Output;
        Assert.That(policies, Does.Contain("security.web").And.Contain("CalicoNetworkPolicy").And.Contain("spec.ingress[1].http"));
        Assert.That(policies, Does.Contain("later").And.Contain("StagedGlobalNetworkPolicy"));
        Assert.That(node.Output, Does.Contain("spec.ingress[1].http"));

        node.Api.KubectlApply(Partners("192.0.3.0/24"));
        await Until.TrueAsync("the other nets", () =>
            node.Namespace.Nft("list", "table", "inet", "routing") is var now
            && now.Contains("192.0.3.0/24", StringComparison.Ordinal) && !now.Contains("192.0.2.0/24", StringComparison.Ordinal));
    }

    private static string Partners(string net) => $$"""
        apiVersion: crd.projectcalico.org/v1
        kind: GlobalNetworkSet
        metadata: {name: partners, labels: {role: partner} }
        spec: {nets: [{{net}}] }
        """;
}
