using System.Net;
using System.Net.Sockets;
using k8s;
using Routing.Agent.Cli;
using Routing.Agent.Manifests;
using Routing.Tests.Lab.Api;
using Routing.Tests.Policy;

namespace Routing.Tests.KubeApi;

/// <summary>A cluster read once, where it can be read in two ways.</summary>
internal sealed class LiveManifestsTests
{
    [Test]
    public async Task Of_Calicos_two_stores_the_one_is_read_that_agents_follow()
    {
        await using var api = await TestApi.StartAsync();
        api.KubectlApply(OptionalDefinitions.OfGroups("crd.projectcalico.org", "projectcalico.org"));
        api.KubectlApply(OptionalDefinitions.CalicoReadiness);
        api.KubectlApply(Policy("crd.projectcalico.org/v1", "old"));
        api.KubectlApply(Policy("projectcalico.org/v3", "new"));
        Assert.That(await PoliciesAsync(api), Is.EqualTo(new[] { "old" }));

        api.KubectlApply(OptionalDefinitions.CalicoReady);
        Assert.That(await PoliciesAsync(api), Is.EqualTo(new[] { "new" }));
    }

    [Test]
    public async Task A_server_that_never_answers_is_told_of_and_not_waited_for()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start(); // the kernel accepts, and nobody ever answers
        using var client = new Kubernetes(new KubernetesClientConfiguration { Host = $"http://{listener.LocalEndpoint}" });
        var error = await Assert.ThrowsAsync<UserErrorException>(() => LiveManifests.ReadAsync(client, TimeSpan.FromMilliseconds(50), CancellationToken.None));
        Assert.That(error!.Message, Is.EqualTo(
            $"API server http://{listener.LocalEndpoint}/: nodes: the API server gave no whole answer within 00:00:00.0500000"));
    }

    private static string Policy(string apiVersion, string name) =>
        $"apiVersion: {apiVersion}\nkind: GlobalNetworkPolicy\nmetadata: {{name: {name}}}\nspec: {{}}";

    private static async Task<IEnumerable<string>> PoliciesAsync(TestApi api)
    {
        using var client = api.Client();
        return (await LiveManifests.ReadAsync(client, CancellationToken.None))
            .Where(one => one.Kind == "GlobalNetworkPolicy").Select(one => (string)one.Json["metadata"]!["name"]!).ToList();
    }
}
