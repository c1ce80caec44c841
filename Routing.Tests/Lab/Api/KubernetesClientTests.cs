using System.Net;
using k8s;
using k8s.Autorest;
using k8s.LeaderElection;
using k8s.LeaderElection.ResourceLock;
using k8s.Models;

namespace Routing.Tests.Lab.Api;

/// <summary>The official client's own methods against the lab API.</summary>
internal sealed class KubernetesClientTests
{
    private TestApi _api = null!;
    private Kubernetes _client = null!;

    [SetUp]
    public async Task Start()
    {
        _api = await TestApi.StartAsync();
        _client = _api.Client();
    }

    [TearDown]
    public async Task Stop()
    {
        _client.Dispose();
        await _api.DisposeAsync();
    }

    [Test]
    public async Task Creates_reads_replaces_patches_and_deletes()
    {
        var node = await _client.CreateNodeAsync(new V1Node
        {
            Metadata = new V1ObjectMeta { Name = "node-1", Annotations = new Dictionary<string, string> { ["routing.dev/asn"] = "65001" } },
            Spec = new V1NodeSpec { PodCIDRs = ["10.1.0.0/24", "fd00:1::/64"] },
            Status = new V1NodeStatus { Addresses = [new V1NodeAddress { Type = "InternalIP", Address = "172.30.1.1" }] },
        });
        Assert.That(node.Spec.PodCIDR, Is.EqualTo("10.1.0.0/24"));
        Assert.That(node.Status.Addresses, Has.Count.EqualTo(1), "kubelets register with their status");

        node.Metadata.Labels = new Dictionary<string, string> { ["zone"] = "a" };
        node = await _client.ReplaceNodeAsync(node, "node-1");
        var condition = new V1Patch(
            """{"status":{"conditions":[{"type":"Ready","status":"True"}]}}""", V1Patch.PatchType.StrategicMergePatch);
        node = await _client.PatchNodeStatusAsync(condition, "node-1");
        Assert.That(node.Status.Conditions.Single().Status, Is.EqualTo("True"));
        Assert.That((await _client.ListNodeAsync(labelSelector: "zone=a")).Items, Has.Count.EqualTo(1));

        await _client.DeleteNodeAsync("node-1");
        var missing = await Assert.ThrowsAsync<HttpOperationException>(() => _client.ReadNodeAsync("node-1"));
        Assert.That(missing!.Response.StatusCode, Is.EqualTo(HttpStatusCode.NotFound));
    }

    [Test]
    public async Task Watches_with_its_own_watcher()
    {
        using var deadline = new CancellationTokenSource(TimeSpan.FromSeconds(60));
        var watch = _client.CoreV1.WatchListNamespacedConfigMapAsync("default", cancellationToken: deadline.Token).GetAsyncEnumerator();
        await _client.CreateNamespacedConfigMapAsync(new V1ConfigMap { Metadata = new V1ObjectMeta { Name = "m" } }, "default");
        Assert.That(await watch.MoveNextAsync(), Is.True);
        Assert.That((watch.Current.Item1, watch.Current.Item2.Metadata.Name), Is.EqualTo((WatchEventType.Added, "m")));
        await _client.DeleteNamespacedConfigMapAsync("m", "default");
        Assert.That(await watch.MoveNextAsync(), Is.True);
        Assert.That(watch.Current.Item1, Is.EqualTo(WatchEventType.Deleted));
        await watch.DisposeAsync();
    }

    [Test]
    public async Task Elects_a_leader_by_a_lease()
    {
        var elector = new LeaderElector(new LeaderElectionConfig(new LeaseLock(_client, "kube-system", "routing-controller", "me")));
        using var deadline = new CancellationTokenSource(TimeSpan.FromSeconds(60));
        var led = new TaskCompletionSource();
        elector.OnStartedLeading += led.SetResult;
        var running = elector.RunUntilLeadershipLostAsync(deadline.Token);

        await led.Task.WaitAsync(deadline.Token);

        var lease = await _client.CoordinationV1.ReadNamespacedLeaseAsync("routing-controller", "kube-system");
        Assert.That(lease.Spec.HolderIdentity, Is.EqualTo("me"));
        await deadline.CancelAsync();
        await running.ContinueWith(_ => { }, TaskScheduler.Default);
    }
}
