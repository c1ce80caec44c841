using System.Net;
using Microsoft.Extensions.Logging;
using Routing.Agent.Attachments;
using Routing.Agent.Dataplane;
using Routing.Agent.Metrics;
using Routing.Agent.Options;
using Routing.Policy.Controller;
using Routing.Policy.Model;
using Routing.Policy.Rules;
using Routing.Tests.Fakes;
using Routing.Tests.Netns;

namespace Routing.Tests.Agent.Dataplane;

/// <summary>A packet filter's loop with a clock that tests move, and a kernel in memory.</summary>
public abstract class DataplaneLoopFixture
{
    private protected static readonly NamespacedName Web = new("shop", "web");
    private protected static readonly Attachment WebAttachment = Attach("c1", Web, "10.0.0.1");

    private CancellationTokenSource _stop = null!;

    private protected DataplaneOptions Options { get; } = new() { CoalesceLeast = TimeSpan.FromMilliseconds(20) };

    private protected ManualTime Time { get; private set; } = null!;

    private protected FakePodLookup Lookup { get; private set; } = null!;

    private protected AgentMetrics Metrics { get; private set; } = null!;

    private protected LogLines Log { get; private set; } = null!;

    private protected Task Running { get; private set; } = Task.CompletedTask;

    [SetUp]
    public void SetUp() => (Time, Lookup, Metrics, Log, _stop) = (new(), new(), new(), new(), new());

    [TearDown]
    public async Task TearDown()
    {
        await StopAsync();
        _stop.Dispose();
        Metrics.Dispose();
        Log.Dispose();
    }

    /// <summary>Ends the loop; another may be started.</summary>
    private protected async Task StopAsync()
    {
        await _stop.CancelAsync();
        await Running.ContinueWith(_ => { }, TaskScheduler.Default);
        _stop = new CancellationTokenSource();
    }

    private protected static IEnumerable<string> OpenInterfaces(Ruleset ruleset) =>
        ruleset.Maps.Values.SelectMany(map => map.Elements.Keys).Distinct();

    private protected static PodView Pod(NamespacedName name) => new() { Name = name, Uid = "uid-1", NodeName = "node-1" };

    private protected static PolicySpec Isolate(string name) => new()
    {
        Key = PolicyKey.NetworkPolicy("shop", name),
        Subject = new PodSelection(new NamespaceScope.Named("shop"), LabelSelector.Everything),
        Ingress = new RuleSet([]),
        Egress = null,
    };

    private protected static Attachment Attach(string container, NamespacedName pod, string address)
    {
        var key = new AttachmentKey(container, "eth0");
        return new Attachment
        {
            Key = key,
            Pod = pod,
            PodUid = "uid-1",
            NetnsPath = "/run/netns/x",
            HostInterface = key.HostInterface(),
            IPv4 = IPAddress.Parse(address),
        };
    }

    private protected DataplaneLoop Start(FakeRulesetApplier applier, params Attachment[] saved) => Start(applier, null, saved);

    private protected DataplaneLoop Start(FakeRulesetApplier applier, IRulesetVerifier? verifier, params Attachment[] saved)
    {
        var loop = new DataplaneLoop(new NodePolicy("node-1"), applier, Lookup, Options, Metrics, Time,
            Log.Factory.CreateLogger<DataplaneLoop>(), verifier);
        loop.Restore(saved);
        var stop = _stop.Token;
        Running = Task.Run(() => loop.RunAsync(stop));
        return loop;
    }

    private protected static async Task ListAsync(DataplaneLoop loop, PolicyInput input, Action<NodePolicy> note) =>
        await loop.OnChangeAsync(input, isFullList: true, note, CancellationToken.None);

    private protected static Task ListPodsAsync(DataplaneLoop loop, params PodView[] pods) =>
        ListAsync(loop, PolicyInputs.Pods, policy => policy.ReplacePods(pods));

    private protected static async Task ListAllAsync(DataplaneLoop loop, params PodView[] pods)
    {
        await ListAsync(loop, PolicyInputs.Namespaces, policy => policy.ReplaceNamespaces([NamespaceView.Bare("shop")]));
        await ListPodsAsync(loop, pods);
        await ListAsync(loop, PolicyInputs.NetworkPolicies, policy =>
            policy.ReplacePolicies(PolicyKind.NetworkPolicy, []));
        await ListOthersAsync(loop);
    }

    /// <summary>What these tests have none of.</summary>
    private protected static async Task ListOthersAsync(DataplaneLoop loop)
    {
        PolicyInput[] used = [PolicyInputs.Pods, PolicyInputs.Namespaces, PolicyInputs.NetworkPolicies];
        foreach (var input in PolicyInputs.All.Except(used))
        {
            await ListAsync(loop, input, _ => { });
        }
    }

    /// <summary>Everything sent so far has been handled, and the loop has looked at its clock since.</summary>
    private protected async Task HandledAsync(DataplaneLoop loop) =>
        await await Task.WhenAny(loop.ReadAsync(_ => 0, CancellationToken.None), Running); // which tells why, should it have died

    /// <summary>Lets everything fall due.</summary>
    private protected async Task SettleAsync(DataplaneLoop loop)
    {
        await HandledAsync(loop);
        Time.Advance(TimeSpan.FromMilliseconds(500));
        await HandledAsync(loop);
        Time.Advance(TimeSpan.FromMilliseconds(500));
        await HandledAsync(loop);
    }

    private protected Task AdvanceUntilAsync(Task task, TimeSpan step) => Until.TrueAsync(
        "the task ends as time passes",
        () =>
        {
            Time.Advance(step);
            return task.IsCompleted;
        });
}
