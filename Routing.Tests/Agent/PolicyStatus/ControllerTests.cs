using System.Text.Json.Nodes;
using Routing.Agent.Lab.Api;
using Routing.Tests.Lab.Api;
using Routing.Tests.Policy;

namespace Routing.Tests.Agent.PolicyStatus;

/// <summary>Controllers and an API server: what kubectl shows.</summary>
[TestFixture]
public sealed class ControllerTests
{
    private const string Policies = "/apis/policy.networking.k8s.io/v1alpha2/clusternetworkpolicies";
    private const string Right = """
        apiVersion: policy.networking.k8s.io/v1alpha2
        kind: ClusterNetworkPolicy
        metadata: {name: right}
        spec: {tier: Admin, priority: 1, subject: {namespaces: {}}}
        """;

    private const string Wrong = """
        apiVersion: policy.networking.k8s.io/v1alpha1
        kind: AdminNetworkPolicy
        metadata: {name: wrong}
        spec:
          priority: 2
          subject: {namespaces: {}}
          egress: [{action: Maybe, to: [{namespaces: {}}]}]
        ---
        apiVersion: policy.networking.k8s.io/v1alpha1
        kind: BaselineAdminNetworkPolicy
        metadata: {name: default}
        spec: {subject: {namespaces: {}}}
        """;

    private int _patches;
    private TestApi _api = null!;

    [SetUp]
    public async Task Start()
    {
        _patches = 0;
        _api = await TestApi.StartAsync(new LabApiOptions
        {
            Audit = call =>
            {
                if (call.Verb == "patch" && call.Resource.EndsWith("/status", StringComparison.Ordinal))
                {
                    Interlocked.Increment(ref _patches);
                }
            },
        });
        _api.KubectlApply(OptionalDefinitions.OfGroups("policy.networking.k8s.io"));
    }

    [TearDown]
    public async Task Stop() => await _api.DisposeAsync();

    [Test]
    public async Task Kubectl_shows_and_waits_for_what_became_of_policies()
    {
        await using var controller = new RunningController(_api);
        _api.KubectlApply(Right + "\n---\n" + Wrong);

        _api.Kubectl("wait", "--for=condition=Accepted", "clusternetworkpolicies/right", "--timeout=60s");
        _api.Kubectl("wait", "--for=condition=Accepted", "baselineadminnetworkpolicies/default", "--timeout=60s");
        _api.Kubectl("wait", "--for=condition=Accepted=false", "adminnetworkpolicies/wrong", "--timeout=60s");
        Assert.That(
            _api.Kubectl("get", "adminnetworkpolicies", "wrong", "-o", "jsonpath={.status.conditions[0].message}"),
            Does.StartWith("spec.egress[0].action: 'Maybe' is not allowed; "));

        _api.Kubectl(
            "patch", "adminnetworkpolicies", "wrong", "--type=json", "-p",
            """[{"op":"replace","path":"/spec/egress/0/action","value":"Deny"}]""");
        _api.Kubectl("wait", "--for=condition=Accepted", "adminnetworkpolicies/wrong", "--timeout=60s");
        Assert.That(
            _api.Kubectl(
                "get", "adminnetworkpolicies", "wrong", "-o", "jsonpath={.metadata.generation} {.status.conditions[0].observedGeneration}"),
            Is.EqualTo("2 2"));
    }

    [Test]
    public async Task Conditions_of_others_stay()
    {
        _api.KubectlApply(Right);
        await _api.OkAsync("PATCH", $"{Policies}/right/status", """
            {"status":{"conditions":[{"type":"Ready","status":"True","reason":"Set","message":"","lastTransitionTime":"2026-01-01T00:00:00Z"}]}}
            """, "application/merge-patch+json");

        await using var controller = new RunningController(_api);

        await AcceptedAsync(1);
        Assert.That(await ConditionsAsync(), Is.EqualTo(new[] { "Ready", "Accepted" }));
    }

    [Test]
    public async Task A_restart_writes_nothing()
    {
        _api.KubectlApply(Right);
        await using (var first = new RunningController(_api))
        {
            await AcceptedAsync(1);
        }

        await using var second = new RunningController(_api);
        _api.KubectlApply(Wrong); // what is new shows that it works
        _api.Kubectl("wait", "--for=condition=Accepted=false", "adminnetworkpolicies/wrong", "--timeout=60s");
        _api.Kubectl("wait", "--for=condition=Accepted", "baselineadminnetworkpolicies/default", "--timeout=60s");

        Assert.That(_patches, Is.EqualTo(3));
    }

    [Test]
    public async Task Of_two_one_writes_and_the_other_takes_over()
    {
        await using var one = new RunningController(_api);
        await using var other = new RunningController(_api);
        _api.KubectlApply(Right);
        await AcceptedAsync(1);

        var holder = await HolderAsync();
        var first = one.Identity == holder ? one : other;
        await first.DisposeAsync();
        await Until.TrueAsync("the lease has another holder", async () => await HolderAsync() != holder);
        _api.Kubectl("patch", "clusternetworkpolicies", "right", "--type=merge", "-p", """{"spec":{"priority":7}}""");

        await AcceptedAsync(2);
        Assert.That(_patches, Is.EqualTo(2));
    }

    private async Task<string> HolderAsync() =>
        (string)(await _api.OkAsync("GET", "/apis/coordination.k8s.io/v1/namespaces/kube-system/leases/routing-controller"))
            ["spec"]!["holderIdentity"]!;

    private async Task<string[]> ConditionsAsync() =>
        [.. (await _api.OkAsync("GET", $"{Policies}/right"))["status"]?["conditions"]?.AsArray()
            .Select(one => (string)one!["type"]!) ?? []];

    private Task AcceptedAsync(long generation) => Until.TrueAsync($"generation {generation} is accepted", async () =>
        (await _api.OkAsync("GET", $"{Policies}/right"))["status"]?["conditions"] is JsonArray conditions
            && conditions.Any(one => (string)one!["type"]! == "Accepted" && (long)one["observedGeneration"]! == generation));
}
