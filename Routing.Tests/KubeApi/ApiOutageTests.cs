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

/// <summary>All watches of an agent and its packet filter, and an API server that is away for an hour, in virtual time. The cluster
/// changes meanwhile so that no mixture of the old objects and the new ones would be right.</summary>
internal sealed class ApiOutageTests
{
    private const string Pods = "api/v1/pods", Namespaces = "api/v1/namespaces", Nodes = "api/v1/nodes",
        Policies = "apis/networking.k8s.io/v1/networkpolicies", Admin = "apis/policy.networking.k8s.io/v1alpha2/clusternetworkpolicies";

    private static readonly TimeSpan Step = TimeSpan.FromSeconds(5);

    private static readonly (string Pod, string Address)[] Local = [("web", "10.1.0.2"), ("db", "10.1.0.3"), ("api", "10.1.0.4"), ("late", "10.1.0.5")];

    private static readonly ImmutableArray<Packet> Packets =
    [
        .. from one in Local.Append(("", "192.0.2.1"))
           from other in Local.Append(("", "192.0.2.1"))
           where one != other
           select new Packet(Interface(one.Item1), Interface(other.Item1), Address.Parse(one.Item2), Address.Parse(other.Item2), TransportProtocol.Tcp, 80),
    ];

    private ManualTime _time = null!;
    private FakeRulesetApplier _applier = null!;
    private CancellationTokenSource _stop = null!;
    private VirtualApi _api = null!;
    private Kubernetes _client = null!;
    private AgentMetrics _metrics = null!;
    private DataplaneLoop _loop = null!;
    private Task _running = Task.CompletedTask;
    private ImmutableArray<WatchedResource> _resources;
    private int _watches;

    [SetUp]
    public void SetUp() => (_time, _applier, _stop, _api, _metrics) = (new(), new(), new(), new(), new());

    [TearDown]
    public async Task TearDown()
    {
        await _stop.CancelAsync();
        await _running.ContinueWith(_ => { }, TaskScheduler.Default);
        _client.Dispose();
        _api.Dispose();
        _metrics.Dispose();
        _stop.Dispose();
    }

    [Test]
    public async Task An_hour_without_the_api_server_opens_nothing_and_one_pass_makes_up_for_it([ValueSource(nameof(Outages))] Outage outage)
    {
        Before();
        Start("web", "db", "api");
        await UntilAsync("the rules are in the kernel", () => _loop.Status.InForce);
        await PassAsync(TimeSpan.FromSeconds(30));
        var (old, applied, asked) = (Passing(_applier.Applied[^1]), _applier.Applied.Count, _api.Requests.Values.Sum());

        _api.Be(_ => outage);
        Assert.That(await AddAsync("late"), Is.InstanceOf<PodUnknownException>().With.Message.Contains("shop/late"));
        After();
        await PassAsync(TimeSpan.FromHours(1));
        var during = _applier.Applied.Skip(applied).ToList();
        if (outage != Outage.EndsAtOnce) // its lists are the new state, and it may be learned
        {
            Assert.That(during.Select(Passing), Is.All.EqualTo(old), "what was known last");
        }

        var requests = _api.Requests.Values.Sum() - asked;
        TestContext.Out.WriteLine($"{outage}: {requests} requests of {_watches} watches, {during.Count} rulesets");
        Assert.That(requests, Is.InRange(_watches * 20, _watches * 300), "at most every 30 s or so, and not for ever later");
        Assert.That(_time.ArmedTimers, Is.LessThan(_watches + 5), "nothing piles up");

        _api.Be(_ => Outage.None);
        var now = Passing(Expected());
        await UntilAsync("it is as the cluster is", () => Passing(_applier.Applied[^1]).SequenceEqual(now));
        await PassAsync(TimeSpan.FromMinutes(2));
        AssertNothingElse(old, now);
        Assert.That(_applier.Applied, Has.Count.LessThanOrEqualTo(applied + during.Count + 1), "in one pass");
        Assert.That(await AddAsync("late"), Is.Null);
    }

    [TestCase(Policies)]
    [TestCase(Pods)]
    [TestCase(Namespaces)]
    [TestCase(Admin)]
    public async Task What_is_back_waits_for_what_is_not_but_not_for_ever(string slow)
    {
        Before();
        Start("web", "db", "api");
        await UntilAsync("the rules are in the kernel", () => _loop.Status.InForce);
        var old = Passing(_applier.Applied[^1]);
        _api.Be(_ => Outage.Refused);
        After();
        await PassAsync(TimeSpan.FromMinutes(10));

        // Refused once more it would come after another 30 s, and the others need not wait for that.
        _api.Be(path => path == slow ? Outage.Slow : Outage.None);
        var applied = _applier.Applied.Count;
        await UntilAsync("others are back", () => _loop.Status.Away.Length < 12);
        Assert.That(_applier.Applied, Has.Count.EqualTo(applied), "they wait");
        Assert.That(_loop.Status.Away.Select(input => $"{input}"), Does.Contain(slow.Split('/')[^1]).Or.Contain("clusternetworkpolicies.policy.networking.k8s.io"));
        _api.Be(_ => Outage.None, areWatchesKept: true);
        var now = Passing(Expected());
        await UntilAsync("it is as the cluster is", () => Passing(_applier.Applied[^1]).SequenceEqual(now));
        AssertNothingElse(old, now);

        // One kind that does not come back must not stop the others for ever.
        _api.Be(path => path == slow ? Outage.ServerError : Outage.None);
        await PassAsync(TimeSpan.FromMinutes(2));
        var pods = slow == Pods ? Policies : Pods;
        applied = _applier.Applied.Count;
        if (pods == Pods)
        {
            _api.Delete(Pods, "shop/db");
        }
        else
        {
            _api.Delete(Policies, "shop/db");
        }

        await UntilAsync("the others go on", () => _applier.Applied.Count > applied);
    }

    [TestCase(Policies)]
    [TestCase(Pods)]
    [TestCase(Namespaces)]
    [TestCase(Admin)]
    public async Task A_stream_that_breaks_is_waited_for_from_that_moment_on(string slow)
    {
        Before();
        Start("web", "db", "api");
        await UntilAsync("the rules are in the kernel", () => _loop.Status.InForce);
        var (old, applied) = (Passing(_applier.Applied[^1]), _applier.Applied.Count);
        _api.Bookmark(_ => true); // all have brought something
        await PassAsync(Step);

        _api.Be(_ => Outage.Slow);
        await UntilAsync("all are away", () => _loop.Status.Away.Length == PolicyInputs.All.Length);
        After();
        _api.Be(path => path == slow ? Outage.Slow : Outage.None, areWatchesKept: true);
        await UntilAsync("the others are back", () => _loop.Status.Away.Length == 1);
        Assert.That(_applier.Applied, Has.Count.EqualTo(applied), "they wait for it");

        _api.Be(_ => Outage.None, areWatchesKept: true);
        var now = Passing(Expected());
        await UntilAsync("it is as the cluster is", () => Passing(_applier.Applied[^1]).SequenceEqual(now));
        AssertNothingElse(old, now);
    }

    [TestCase(Policies)]
    [TestCase(Pods)]
    [TestCase(Namespaces)]
    [TestCase(Admin)]
    public async Task Streams_that_fell_silent_a_minute_apart_are_given_up_together(string first)
    {
        Before();
        Start("web", "db", "api");
        await UntilAsync("the rules are in the kernel", () => _loop.Status.InForce);
        var (old, applied) = (Passing(_applier.Applied[^1]), _applier.Applied.Count);
        _api.Bookmark(_ => true);
        await PassAsync(TimeSpan.FromSeconds(60));
        _api.Bookmark(path => path != first);
        await PassAsync(Step);

        _api.Be(_ => Outage.Silent);
        After();
        await PassAsync(TimeSpan.FromSeconds(80)); // of 150 after which a stream is given up
        _api.Be(_ => Outage.None);
        var now = Passing(Expected());
        await UntilAsync("it is as the cluster is", () => Passing(_applier.Applied[^1]).SequenceEqual(now));
        AssertNothingElse(old, now);
        Assert.That(_applier.Applied, Has.Count.EqualTo(applied + 1), "in one pass");
    }

    [Test]
    public async Task A_pod_whose_namespace_is_not_known_stays_closed()
    {
        Before();
        Start("web", "db", "api");
        await UntilAsync("the rules are in the kernel", () => _loop.Status.InForce);
        _api.Be(path => path == Namespaces ? Outage.ServerError : Outage.None);
        await PassAsync(TimeSpan.FromMinutes(2));
        _api.Put(Namespaces, """{"metadata":{"name":"dev","labels":{"team":"dev"}}}""");
        Pod("late", "10.1.0.5", "late", "dev");

        Assert.That(await AddAsync("late", "dev"), Is.InstanceOf<PodUnknownException>().With.Message.Contains("does not tell of namespaces"));
        Assert.That(Passing(_applier.Applied[^1]).Where((passes, i) => passes && Packets[i].InputInterface == Interface("late")), Is.Empty);
        _api.Be(_ => Outage.None);
        await PassAsync(TimeSpan.FromMinutes(2));
        Assert.That(await AddAsync("late", "dev"), Is.Null);
    }

    [Test]
    public async Task An_agent_that_starts_while_it_is_away_leaves_what_stands_and_closes_what_does_not([Values] bool stands)
    {
        if (stands)
        {
            _applier.Apply(Expected());
        }

        Before();
        _api.Be(_ => Outage.Refused);
        Start("web", "db", "api");
        await PassAsync(TimeSpan.FromHours(1));
        Assert.That(_applier.Applied, Has.Count.EqualTo(1));
        Assert.That(_applier.Applied[0].Maps.Values.Any(map => map.Elements.Count > 0), Is.EqualTo(stands));
        Assert.That(await AddAsync("late"), Is.InstanceOf<PodUnknownException>().With.Message.Contains("not listed yet"));
        _applier.Flush();
        await PassAsync(TimeSpan.FromSeconds(10));
        Assert.That(_applier.Applied, Has.Count.EqualTo(2), "closed, for nobody knows what stood");
        Assert.That(_applier.Applied[1].Maps.Values.SelectMany(map => map.Elements), Is.Empty);
    }

    public static IEnumerable<Outage> Outages() => Enum.GetValues<Outage>().Where(outage => outage != Outage.None);

    private static string Interface(string pod) => pod.Length == 0 ? "eth0" : Attach(pod).HostInterface;

    private static Attachment Attach(string pod, string home = "shop")
    {
        var key = new AttachmentKey($"c-{pod}", "eth0");
        return new Attachment
        {
            Key = key, Pod = new NamespacedName(home, pod), PodUid = "", NetnsPath = "/run/netns/x", HostInterface = key.HostInterface(),
            IPv4 = IPAddress.Parse(Local.Single(one => one.Pod == pod).Address),
        };
    }

    private static bool[] Passing(Ruleset ruleset)
    {
        var simulator = new RulesetSimulator(ruleset);
        return [.. Packets.Select(simulator.Passes)];
    }

    /// <summary>Only web may ask db, and nobody of team dev anything.</summary>
    private void Before()
    {
        _api.Put(Nodes, """{"metadata":{"name":"n1"},"status":{"addresses":[{"type":"InternalIP","address":"172.16.0.1"}]}}""");
        _api.Put(Namespaces, """{"metadata":{"name":"shop","labels":{"team":"ops"}}}""");
        Pod("web", "10.1.0.2", "web");
        Pod("db", "10.1.0.3", "db");
        Pod("api", "10.1.0.4", "api");
        MayAsk("web");
        _api.Put(Admin, """
            {"metadata":{"name":"no-dev"},"spec":{"tier":"Admin","priority":1,"subject":{"namespaces":{"matchLabels":{"team":"dev"}}},
             "egress":[{"action":"Deny","to":[{"networks":["0.0.0.0/0"]}]}]}}
            """);
    }

    /// <summary>Only api may ask db, and what was called so is web now; web is gone, and "late" came.</summary>
    private void After()
    {
        MayAsk("api");
        Pod("api", "10.1.0.4", "web");
        Pod("late", "10.1.0.5", "api");
        _api.Delete(Pods, "shop/web");
        _api.Put(Namespaces, """{"metadata":{"name":"dev","labels":{"team":"dev"}}}""");
        _api.Put(Admin, """
            {"metadata":{"name":"no-dev"},"spec":{"tier":"Admin","priority":1,"subject":{"namespaces":{"matchLabels":{"team":"dev"}}},
             "egress":[{"action":"Deny","to":[{"networks":["10.0.0.0/8"]}]}]}}
            """);
    }

    private void Pod(string name, string address, string app, string home = "shop") => _api.Put(Pods, $$$"""
        {"metadata":{"name":"{{{name}}}","namespace":"{{{home}}}","labels":{"app":"{{{app}}}"}},"spec":{"nodeName":"n1","containers":[]},
         "status":{"podIP":"{{{address}}}","podIPs":[{"ip":"{{{address}}}"}]}}
        """);

    private void MayAsk(string app) => _api.Put(Policies, $$$$"""
        {"metadata":{"name":"db","namespace":"shop"},"spec":{"podSelector":{"matchLabels":{"app":"db"}},"policyTypes":["Ingress"],
         "ingress":[{"from":[{"podSelector":{"matchLabels":{"app":"{{{{app}}}}"}}}]}]}}
        """);

    private void Start(params string[] attached)
    {
        _client = _api.Client();
        _loop = new DataplaneLoop(
            new NodePolicy("n1"), _applier, new PodLookup(_client, TimeSpan.FromSeconds(5), _time), new DataplaneOptions(), _metrics, _time,
            NullLogger<DataplaneLoop>.Instance);
        _loop.Restore([.. attached.Select(pod => Attach(pod))]);
        var watches = new ClusterWatches(
            _client, new ClusterFeed(new ClusterDirectory()), new PolicyFeed(_loop, NullLogger<PolicyFeed>.Instance), null,
            NullLoggerFactory.Instance, _time);
        (_resources, _watches) = (watches.Resources, watches.Resources.Length);
        var stop = _stop.Token;
        _running = Task.WhenAll(watches.Loops.Select(loop => loop.Run).Append(_loop.RunAsync).Select(run => Task.Run(() => run(stop), stop)));
    }

    /// <returns>How the ADD failed; null when it did not.</returns>
    private async Task<Exception?> AddAsync(string pod, string home = "shop")
    {
        var attachment = Attach(pod, home);
        var commit = _loop.CommitAsync(attachment, CancellationToken.None);
        await UntilAsync("the ADD ends", () => commit.IsCompleted, TimeSpan.FromMilliseconds(500));
        if (commit.Exception?.InnerException is { } failure)
        {
            await _loop.RemoveAsync(attachment.Key, CancellationToken.None).WaitAsync(TimeSpan.FromSeconds(60)); // as AttachmentService undoes it
            return failure;
        }

        return null;
    }

    /// <summary>Lets time pass, a step whenever every loop waits for something.</summary>
    private async Task PassAsync(TimeSpan time)
    {
        for (var passed = TimeSpan.Zero; passed < time; passed += Step)
        {
            await StepAsync(Step);
        }
    }

    private async Task StepAsync(TimeSpan step)
    {
        _time.Advance(step);
        var waiting = System.Diagnostics.Stopwatch.StartNew();
        while (_time.ArmedTimers < _watches + 1 && !_running.IsFaulted)
        {
            Assert.That(waiting.Elapsed, Is.LessThan(TimeSpan.FromSeconds(60)), "some loop neither works nor waits");
            await Task.Yield();
        }

        await _loop.ReadAsync(_ => 0, CancellationToken.None).WaitAsync(TimeSpan.FromSeconds(60));
    }

    private Task UntilAsync(string what, Func<bool> condition, TimeSpan? step = null) => Until.TrueAsync(
        what,
        async () =>
        {
            await StepAsync(step ?? TimeSpan.FromMilliseconds(250)); // on a busy machine a loop's work can outlast some steps
            return condition();
        },
        onFailure: () => Task.FromResult(
            $"{_loop.Status.LastError}, missing {string.Join(' ', _loop.Status.Missing)}, away {string.Join(' ', _loop.Status.Away)}\n"
            + string.Join('\n', _resources.Select(one => $"{one.Resource}: {one.State()}"))));

    /// <summary>What an agent makes of the cluster after it all that has just started.</summary>
    private static Ruleset Expected()
    {
        var policy = new NodePolicy("n1");
        policy.UpsertNode(new NodeView("n1", [Address.Parse("172.16.0.1")]));
        policy.UpsertNamespace(NamespaceView.Bare("shop"));
        foreach (var (name, app) in new[] { ("db", "db"), ("api", "web"), ("late", "api") })
        {
            policy.UpsertPod(new PodView
            {
                Name = new("shop", name), NodeName = "n1", Labels = LabelSet.Empty.With("app", app),
                Addresses = [Address.Parse(Local.Single(one => one.Pod == name).Address)],
            });
        }

        policy.UpsertPolicy(Tests.Policy.Yaml.Policy("{podSelector: {matchLabels: {app: db}}, ingress: [{from: [{podSelector: {matchLabels: {app: api}}}]}]}", "db"));
        foreach (var pod in new[] { "db", "api" })
        {
            policy.SetEndpoint(new LocalEndpoint(Interface(pod), new("shop", pod), "", [Address.Parse(Local.Single(one => one.Pod == pod).Address)]));
        }

        return policy.Compile();
    }

    private void AssertNothingElse(bool[] old, bool[] now)
    {
        foreach (var ruleset in _applier.Applied)
        {
            var passing = Passing(ruleset);
            Assert.That(Packets.Where((_, i) => passing[i] && !old[i] && !now[i]), Is.Empty, "neither the old cluster nor the new one allows it");
        }
    }
}
