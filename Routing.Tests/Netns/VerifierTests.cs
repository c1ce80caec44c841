using System.Diagnostics.Metrics;
using System.Net;
using Microsoft.Extensions.Logging;
using Routing.Agent.Attachments;
using Routing.Agent.Dataplane;
using Routing.Agent.Metrics;
using Routing.Agent.Options;
using Routing.Policy.Controller;
using Routing.Policy.Model;
using Routing.Tests.Fakes;

namespace Routing.Tests.Netns;

/// <summary>A wrong ruleset between the compiler and a real kernel, and the verifier in its way.</summary>
[TestFixture(FilterBackend.Nftables)]
[TestFixture(FilterBackend.IptablesNft)]
[Category("Netns")]
[NonParallelizable]
public sealed class VerifierTests(FilterBackend backend)
{
    private static readonly NamespacedName Web = new("shop", "web");
    private readonly WrongCompiler _compiler = new();
    private ManualTime _time = null!;
    private TestNamespace _node = null!;
    private AgentMetrics _metrics = null!;
    private LogLines _log = null!;
    private DataplaneLoop _loop = null!;
    private CancellationTokenSource _stop = null!;
    private Task _running = null!;
    private IRulesetApplier _applier = null!;

    [SetUp]
    public void Start()
    {
        _node = TestNamespace.Create("node");
        (_time, _metrics, _log, _stop) = (new ManualTime(), new AgentMetrics(), new LogLines(), new CancellationTokenSource());
        _compiler.IsWrong = false;
        _applier = backend.Open(_node);
        _loop = new DataplaneLoop(
            new NodePolicy("node-1"), _applier, new FakePodLookup(), new DataplaneOptions(), _metrics, _time,
            _log.Factory.CreateLogger<DataplaneLoop>(), _compiler);
        var key = new AttachmentKey("c1", "eth0");
        _loop.Restore(
        [
            new Attachment
            {
                Key = key, Pod = Web, PodUid = "uid-1", NetnsPath = "/run/netns/x", HostInterface = key.HostInterface(),
                IPv4 = IPAddress.Parse("10.0.0.1"),
            },
        ]);
        _running = Task.Run(() => _loop.RunAsync(_stop.Token));
    }

    [TearDown]
    public async Task Stop()
    {
        await _stop.CancelAsync();
        await _running.ContinueWith(_ => { }, TaskScheduler.Default);
        _applier.Dispose();
        _metrics.Dispose();
        _log.Dispose();
        _stop.Dispose();
        _node.Dispose();
    }

    [Test]
    public async Task What_it_refuses_never_comes_to_the_kernel_and_is_told_in_log_metric_and_status()
    {
        long disagreements = 0;
        using var listener = new MeterListener();
        listener.InstrumentPublished = (instrument, one) =>
        {
            if (instrument.Meter.Name == AgentMetrics.MeterName && instrument.Name == "ruleset_disagreements")
            {
                one.EnableMeasurementEvents(instrument);
            }
        };
        listener.SetMeasurementEventCallback<long>((_, value, _, _) => Interlocked.Add(ref disagreements, value));
        listener.Start();
        await ListAsync(PolicyInputs.Namespaces, policy => policy.ReplaceNamespaces([NamespaceView.Bare("shop")]));
        await ListAsync(PolicyInputs.Pods, policy =>
            policy.ReplacePods([new PodView { Name = Web, Uid = "uid-1", NodeName = "node-1" }]));
        foreach (var input in PolicyInputs.All.Except([PolicyInputs.Namespaces, PolicyInputs.Pods]))
        {
            await ListAsync(input, _ => { });
        }

        await UntilAsync("the pod's rules are in force", () => _loop.Status is { InForce: true, LastError: null });
        var good = backend.Listing(_node);
        Assert.That(disagreements, Is.Zero);

        // What the compiler makes of an isolation leaves every pod open.
        _compiler.IsWrong = true;
        await ListAsync(PolicyInputs.NetworkPolicies, policy => policy.ReplacePolicies(PolicyKind.NetworkPolicy, [Isolate]));
        await UntilAsync("it is refused", () => _loop.Status.Disagreements > 0);
        await UntilAsync("it is tried again with another sample", () => _loop.Status.Disagreements > 1);
        Assert.That(backend.Listing(_node), Is.EqualTo(good), "the old rules stay");
        Assert.That(_loop.Status.InForce, Is.True, "the node goes on");
        Assert.That(_loop.Status.LastError, Does.StartWith("the verifier refused a ruleset, the old one stays: "));
        Assert.That(disagreements, Is.GreaterThan(1));
        Assert.That(_log.Lines, Has.Some.Contains("are not committed; the old ones stay").And.Contain("NetworkPolicy shop/isolate"));

        _compiler.IsWrong = false;
        await UntilAsync("the right one is committed", () => _loop.Status.LastError is null);
        Assert.That(backend.Listing(_node), Is.Not.EqualTo(good).And.Contain("isolated: what no policy allows"));
    }

    private static PolicySpec Isolate => new()
    {
        Key = PolicyKey.NetworkPolicy("shop", "isolate"),
        Subject = new PodSelection(new NamespaceScope.Named("shop"), LabelSelector.Everything),
        Ingress = new RuleSet([]),
        Egress = null,
    };

    private Task ListAsync(PolicyInput input, Action<NodePolicy> note) =>
        _loop.OnChangeAsync(input, isFullList: true, note, CancellationToken.None).AsTask();

    private Task UntilAsync(string what, Func<bool> condition) => Until.TrueAsync(what, async () =>
    {
        _time.Advance(TimeSpan.FromMilliseconds(500));
        await _loop.ReadAsync(_ => 0, CancellationToken.None);
        return condition();
    });
}
