using System.Net;
using k8s;
using k8s.Models;
using Microsoft.Extensions.Logging.Abstractions;
using Routing.Agent.KubeApi;
using Routing.Tests.Fakes;
using Routing.Tests.Lab.Api;

namespace Routing.Tests.KubeApi;

/// <summary>The connection under all watches, over real sockets.</summary>
internal sealed class ApiConnectionTests
{
    [Test]
    public async Task A_connection_with_nobody_at_its_other_end_is_given_up_and_another_one_is_used()
    {
        await using var api = await TestApi.StartAsync();
        await using var proxy = new DeafProxy(new IPEndPoint(IPAddress.Loopback, api.Server.Endpoint.Port));
        var configuration = KubernetesClientConfiguration.BuildConfigFromConfigFile(api.Kubeconfig);
        configuration.Host = $"https://127.0.0.1:{proxy.Port}";
        using var client = ApiConnection.Open(configuration, TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(1)); // the least there are
        var watch = new ResourceWatch<V1ConfigMap>(client, new ResourceWatchOptions(), NullLogger.Instance, TimeProvider.System);
        using var stop = new CancellationTokenSource();
        var running = watch.RunAsync(stop.Token);
        await Until.TrueAsync("the watch is open", () => watch.State.Connected);

        proxy.Deafen();
        await api.OkAsync("POST", "/api/v1/namespaces/default/configmaps", """{"metadata":{"name":"later"}}""");
        await Until.TrueAsync(
            "it is told by another connection",
            () => Task.FromResult(watch.Events.TryRead(out var change) && change is ResourceEvent<V1ConfigMap>.Upserted { Item.Metadata.Name: "later" }),
            onFailure: () => Task.FromResult($"{proxy.Accepted} connections, {watch.State}"));
        Assert.That(proxy.Accepted, Is.EqualTo(2));
        await stop.CancelAsync();
        await running.ContinueWith(_ => { }, TaskScheduler.Default);
    }
}
