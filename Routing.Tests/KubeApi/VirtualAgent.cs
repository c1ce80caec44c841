using System.Collections.Immutable;
using System.Net;
using k8s;
using Microsoft.Extensions.Logging.Abstractions;
using Routing.Agent.Attachments;
using Routing.Agent.Cluster;
using Routing.Agent.Dataplane;
using Routing.Agent.KubeApi;
using Routing.Agent.Metrics;
using Routing.Agent.Options;
using Routing.Policy.Controller;
using Routing.Policy.Model;
using Routing.Policy.Reference;
using Routing.Policy.Rules;
using Routing.Tests.Fakes;

namespace Routing.Tests.KubeApi;

/// <summary>All watches of an agent and its packet filter, beside an API server in memory, in virtual time.</summary>
internal abstract class VirtualAgent
{
    protected const string Pods = "api/v1/pods", Namespaces = "api/v1/namespaces", Nodes = "api/v1/nodes",
        Policies = "apis/networking.k8s.io/v1/networkpolicies", Admin = "apis/policy.networking.k8s.io/v1alpha2/clusternetworkpolicies";

    protected static readonly TimeSpan Step = TimeSpan.FromSeconds(5);

    protected static readonly (string Pod, string Address)[] Local = [("web", "10.1.0.2"), ("db", "10.1.0.3"), ("api", "10.1.0.4"), ("late", "10.1.0.5")];

    protected static readonly ImmutableArray<Packet> Packets =
    [
        .. from one in Local.Append(("", "192.0.2.1"))
           from other in Local.Append(("", "192.0.2.1"))
           where one != other
           select new Packet(Interface(one.Item1), Interface(other.Item1), Address.Parse(one.Item2), Address.Parse(other.Item2), TransportProtocol.Tcp, 80),
    ];

    private CancellationTokenSource _stop = null!;
    private Kubernetes _client = null!;
    private AgentMetrics _metrics = null!;
    private Task _running = Task.CompletedTask;

    protected ManualTime Time { get; private set; } = null!;

    protected FakeRulesetApplier Applier { get; private set; } = null!;

    protected VirtualApi Api { get; private set; } = null!;

    protected DataplaneLoop Loop { get; private set; } = null!;

    /// <summary>Nodes and BGP objects.</summary>
    protected ClusterDirectory Directory { get; private set; } = null!;

    protected ImmutableArray<WatchedResource> Resources { get; private set; }

    /// <summary>How many they are.</summary>
    protected int Watches { get; private set; }

    [SetUp]
    public void SetUp() => (Time, Applier, _stop, Api, _metrics, Directory) = (new(), new(), new(), new(), new(), new());

    /// <summary>Ends it all; another can be set up after it.</summary>
    [TearDown]
    public async Task StopAsync()
    {
        await _stop.CancelAsync();
        await _running.ContinueWith(_ => { }, TaskScheduler.Default);
        _client.Dispose();
        Api.Dispose();
        _metrics.Dispose();
        _stop.Dispose();
    }

    protected static string Interface(string pod) => pod.Length == 0 ? "eth0" : Attach(pod).HostInterface;

    protected static Attachment Attach(string pod, string home = "shop")
    {
        var key = new AttachmentKey($"c-{pod}", "eth0");
        return new Attachment
        {
            Key = key, Pod = new NamespacedName(home, pod), PodUid = "", NetnsPath = "/run/netns/x", HostInterface = key.HostInterface(),
            IPv4 = IPAddress.Parse(Local.Single(one => one.Pod == pod).Address),
        };
    }

    protected static bool[] Passing(Ruleset ruleset)
    {
        var simulator = new RulesetSimulator(ruleset);
        return [.. Packets.Select(simulator.Passes)];
    }

    protected void Pod(string name, string address, string app, string home = "shop") => Api.Put(Pods, $$$"""
        {"metadata":{"name":"{{{name}}}","namespace":"{{{home}}}","labels":{"app":"{{{app}}}"}},"spec":{"nodeName":"n1","containers":[]},
         "status":{"podIP":"{{{address}}}","podIPs":[{"ip":"{{{address}}}"}]}}
        """);

    protected void MayAsk(string app) => Api.Put(Policies, $$$$"""
        {"metadata":{"name":"db","namespace":"shop"},"spec":{"podSelector":{"matchLabels":{"app":"db"}},"policyTypes":["Ingress"],
         "ingress":[{"from":[{"podSelector":{"matchLabels":{"app":"{{{{app}}}}"}}}]}]}}
        """);

    protected void Start(params string[] attached)
    {
        _client = Api.Client();
        Loop = new DataplaneLoop(
            new NodePolicy("n1"), Applier, new PodLookup(_client, TimeSpan.FromSeconds(5), Time), new DataplaneOptions(), _metrics, Time,
            NullLogger<DataplaneLoop>.Instance);
        Loop.Restore([.. attached.Select(pod => Attach(pod))]);
        var watches = new ClusterWatches(
            _client, new ClusterFeed(Directory), new PolicyFeed(Loop, NullLogger<PolicyFeed>.Instance), null,
            NullLoggerFactory.Instance, Time);
        (Resources, Watches) = (watches.Resources, watches.Resources.Length);
        var stop = _stop.Token;
        _running = Task.WhenAll(watches.Loops.Select(loop => loop.Run).Append(Loop.RunAsync).Select(run => Task.Run(() => run(stop), stop)));
    }

    /// <returns>How the ADD failed; null when it did not.</returns>
    protected async Task<Exception?> AddAsync(string pod, string home = "shop")
    {
        var attachment = Attach(pod, home);
        var commit = Loop.CommitAsync(attachment, CancellationToken.None);
        await UntilAsync("the ADD ends", () => commit.IsCompleted, TimeSpan.FromMilliseconds(500));
        if (commit.Exception?.InnerException is { } failure)
        {
            await Loop.RemoveAsync(attachment.Key, CancellationToken.None).WaitAsync(TimeSpan.FromSeconds(60)); // as AttachmentService undoes it
            return failure;
        }

        return null;
    }

    /// <summary>Lets time pass, a step whenever every loop waits for something.</summary>
    protected async Task PassAsync(TimeSpan time)
    {
        for (var passed = TimeSpan.Zero; passed < time; passed += Step)
        {
            await StepAsync(Step);
        }
    }

    protected async Task StepAsync(TimeSpan step)
    {
        Time.Advance(step);
        Api.Pass(step);
        var waiting = System.Diagnostics.Stopwatch.StartNew();
        while (Time.ArmedTimers < Watches + 1 && !_running.IsFaulted)
        {
            Assert.That(waiting.Elapsed, Is.LessThan(TimeSpan.FromSeconds(60)), "some loop neither works nor waits");
            await Task.Yield();
        }

        await Loop.ReadAsync(_ => 0, CancellationToken.None).WaitAsync(TimeSpan.FromSeconds(60));
    }

    protected Task UntilAsync(string what, Func<bool> condition, TimeSpan? step = null) => Until.TrueAsync(
        what,
        async () =>
        {
            await StepAsync(step ?? TimeSpan.FromMilliseconds(250)); // on a busy machine a loop's work can outlast some steps
            return condition();
        },
        onFailure: () => Task.FromResult(
            $"{Loop.Status.LastError}, missing {string.Join(' ', Loop.Status.Missing)}, away {string.Join(' ', Loop.Status.Away)}\n"
            + string.Join('\n', Resources.Select(one => $"{one.Resource}: {one.State()}"))));

    protected void AssertNothingElse(bool[] old, bool[] now)
    {
        foreach (var ruleset in Applier.Applied)
        {
            var passing = Passing(ruleset);
            Assert.That(Packets.Where((_, i) => passing[i] && !old[i] && !now[i]), Is.Empty, "neither the old cluster nor the new one allows it");
        }
    }
}
