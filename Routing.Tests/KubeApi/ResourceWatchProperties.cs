using System.Net;
using CsCheck;
using k8s.Models;
using Routing.Agent.KubeApi;
using Routing.Agent.Lab.Api;
using Routing.Tests.Lab.Api;

namespace Routing.Tests.KubeApi;

/// <summary>Whatever happens on the way, the consumer ends up with what the store has.</summary>
internal sealed class ResourceWatchProperties
{
    private const string Maps = "/api/v1/namespaces/default/configmaps";

    private enum Step
    {
        Create,
        Change,
        Delete,
        Break,
        Compact,
        ServerError,
        Gone,
        Slow,
    }

    [Test]
    public async Task Any_interleaving_of_changes_and_faults_converges()
    {
        // Changes are likelier than faults, so that something happens between two of them.
        var step = Gen.Frequency(
            (4, Gen.Const(Step.Create)), (4, Gen.Const(Step.Change)), (3, Gen.Const(Step.Delete)), (2, Gen.Const(Step.Break)),
            (1, Gen.Const(Step.Compact)), (1, Gen.Const(Step.ServerError)), (1, Gen.Const(Step.Gone)), (1, Gen.Const(Step.Slow)));
        await Gen.Select(step, Gen.Int[0, 9]).Array[1, 60].SampleAsync(RunAsync, iter: 40, threads: 1);
    }

    private static async Task RunAsync((Step Step, int Which)[] steps)
    {
        await using var api = await TestApi.StartAsync(new LabApiOptions { HistorySize = 8 });
        await using var follower = new Follower<V1ConfigMap>(api, new ResourceWatchOptions { PageSize = 3, Capacity = 2 }, paused: true);
        foreach (var (step, which) in steps)
        {
            await TakeAsync(api, follower, step, which);
        }

        follower.Consume(1_000_000);
        await Until.TrueAsync(
            $"{string.Join(' ', steps)} ends in the store's state; saw {string.Join("; ", follower.Events)}",
            () => ResourceWatchTests.Equal(api, follower));
    }

    private static async Task TakeAsync(TestApi api, Follower<V1ConfigMap> follower, Step step, int which)
    {
        switch (step)
        {
            case Step.Create:
                await api.SendAsync("POST", Maps, $$$"""{"metadata":{"name":"m{{{which}}}"}}""");
                break;
            case Step.Change:
                await api.SendAsync(
                    "PATCH", $"{Maps}/m{which}", $$$"""{"data":{"v":"{{{Guid.NewGuid()}}}"}}""", "application/merge-patch+json");
                break;
            case Step.Delete:
                await api.SendAsync("DELETE", $"{Maps}/m{which}");
                break;
            case Step.Break:
                follower.Faults.BreakAll();
                break;
            case Step.Compact:
                api.Server.Store.Compact();
                break;
            case Step.ServerError:
                follower.Faults.AnswerNext(HttpStatusCode.InternalServerError);
                break;
            case Step.Gone:
                follower.Faults.AnswerNext(HttpStatusCode.Gone, "Expired");
                break;
            case Step.Slow:
                follower.Consume(which + 1);
                break;
        }
    }
}
