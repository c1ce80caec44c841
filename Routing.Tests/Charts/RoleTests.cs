using System.Collections.Concurrent;
using System.Text.Json.Nodes;
using Routing.Agent.Lab.Api;
using Routing.Agent.Manifests;
using Routing.Tests.Agent.EndToEnd;
using Routing.Tests.Agent.PolicyStatus;
using Routing.Tests.Lab.Api;
using Routing.Tests.Netns;
using Routing.Tests.Policy;

namespace Routing.Tests.Charts;

/// <summary>The chart's roles against the calls that a real agent and controller make of an API server: neither may have
/// more.</summary>
[TestFixture]
[Category("Netns")]
public sealed class RoleTests
{
    [Test]
    public async Task The_role_grants_exactly_the_calls_that_the_agent_makes()
    {
        var calls = new ConcurrentDictionary<ApiCall, bool>();
        await using var node = await AgentNode.CreateAsync(withApi: false);
        await node.StartApiAsync(call => calls.TryAdd(call, true));
        node.Api!.Kubectl("apply", "--filename", Repository.PathOf("charts/routing/crds"));
        await node.CreateNodeAsync();
        calls.Clear(); // up to here they were the test's own

        // Without the kinds that a cluster need not define, then with them, each group of Calico's in its turn.
        var earlier = new HashSet<ApiCall>();
        foreach (var groups in new string[][] { [], ["policy.networking.k8s.io", "crd.projectcalico.org"], ["projectcalico.org"] })
        {
            if (groups.Length > 0)
            {
                await node.EndAgentAsync();
                earlier.UnionWith(calls.Keys);
                node.Api!.KubectlApply(OptionalDefinitions.OfGroups(groups));
                if (groups is ["projectcalico.org"])
                {
                    node.Api.KubectlApply(OptionalDefinitions.CalicoReadiness);
                    node.Api.KubectlApply(OptionalDefinitions.CalicoReady);
                }

                calls.Clear();
            }

            node.StartAgent();
            await node.ReadyAsync();
        }

        earlier.ToList().ForEach(call => calls.TryAdd(call, true));
        using var pod = TestNamespace.Create("pod");
        // Of a pod that its watch does not know, the agent asks the API server itself.
        Assert.That((await node.CniAsync("ADD", "unknown", pod)).ExitCode, Is.Not.Zero);
        var granted = Granted("routing-agent");
        await Until.TrueAsync("the agent makes every call it is granted", () => granted.IsSubsetOf(calls.Keys));

        Assert.That(calls.Keys, Is.EquivalentTo(granted));
    }

    [Test]
    public async Task The_controllers_roles_grant_exactly_the_calls_that_it_makes()
    {
        var calls = new ConcurrentDictionary<ApiCall, bool>();
        await using var api = await TestApi.StartAsync(new LabApiOptions { Audit = call => calls.TryAdd(call, true) });
        api.KubectlApply(OptionalDefinitions.OfGroups("policy.networking.k8s.io"));
        api.KubectlApply(string.Join("\n---\n", from kind in new[]
            {
                "v1alpha1 AdminNetworkPolicy", "v1alpha1 BaselineAdminNetworkPolicy", "v1alpha2 ClusterNetworkPolicy",
            }
            select kind.Split(' ') into words
            select $"apiVersion: policy.networking.k8s.io/{words[0]}\nkind: {words[1]}\nmetadata: {{name: default}}\nspec: {{}}"));
        calls.Clear(); // up to here they were the test's own

        await using var controller = new RunningController(api);
        var granted = Granted("routing-controller");
        await Until.TrueAsync("the controller makes every call it is granted", () => granted.IsSubsetOf(calls.Keys));

        Assert.That(calls.Keys, Is.EquivalentTo(granted));
    }

    /// <summary>What the chart's ClusterRole and Role of a name grant.</summary>
    private static HashSet<ApiCall> Granted(string name)
    {
        var (objects, errors) = ManifestReader.ReadTexts([("the chart", new StringReader(ChartRenderer.Render()))]);
        Assert.That(errors, Is.Empty);
        return
        [
            .. from role in objects
               where role.Kind is "ClusterRole" or "Role" && (string)role.Json["metadata"]!["name"]! == name
               from rule in role.Json["rules"]!.AsArray()
               from verb in Words(rule, "verbs")
               from apiGroup in Words(rule, "apiGroups")
               from resource in Words(rule, "resources")
               select new ApiCall(verb, apiGroup, resource),
        ];

        static IEnumerable<string> Words(JsonNode? rule, string field) =>
            rule![field]!.AsArray().Select(word => word!.GetValue<string>());
    }
}
