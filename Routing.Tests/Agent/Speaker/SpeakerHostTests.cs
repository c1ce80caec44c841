using System.Collections.Immutable;
using System.Net;
using System.Net.Sockets;
using System.Text.Json.Nodes;
using Microsoft.Extensions.Logging.Abstractions;
using Routing.Agent.BgpConfig;
using Routing.Agent.Cluster;
using Routing.Agent.Dataplane.Fib;
using Routing.Agent.KubeApi;
using Routing.Agent.Metrics;
using Routing.Agent.Options;
using Routing.Agent.Speaker;
using Routing.Bgp.Rib.Views;
using Routing.Bgp.Wire.Nlri;
using Routing.Tests.Fakes;

namespace Routing.Tests.Agent.Speaker;

public sealed class SpeakerHostTests
{
    private AgentMetrics _metrics = null!;
    private FibLoop _fib = null!;
    private SpeakerHost _host = null!;
    private CancellationTokenSource _stop = null!;
    private Task _running = null!;

    [SetUp]
    public void SetUp()
    {
        (_metrics, _stop) = (new AgentMetrics(), new CancellationTokenSource());
        _fib = new FibLoop(new FakeRouteNetlink(), new DirectNextHopResolver(), new FibOptions(), _metrics,
            TimeProvider.System, NullLogger<FibLoop>.Instance);
        _host = new SpeakerHost("node-1", _fib, interior: null, TimeProvider.System, NullLoggerFactory.Instance);
        _running = Task.Run(() => _host.RunAsync(_stop.Token));
    }

    [TearDown]
    public async Task TearDown()
    {
        await _stop.CancelAsync();
        await _running.ContinueWith(_ => { }, TaskScheduler.Default).WaitAsync(TimeSpan.FromSeconds(60));
        Assert.That(_host.Current, Is.Null, "it stopped its speaker");
        _stop.Dispose();
        _metrics.Dispose();
    }

    [Test]
    public async Task It_starts_once_every_kind_was_listed()
    {
        var state = State("65001", FreePort.Next());
        _host.OnCluster(state with { Filters = null });
        _host.OnCluster(state with { Peers = null });
        Assert.That(_host.Status.IsRunning, Is.False);
        _host.OnCluster(state);
        await RunningAsync(65001);
        var routes = new List<string>();
        await foreach (var route in _host.Current!.GetRoutesAsync(new RouteQuery(), CancellationToken.None))
        {
            routes.Add(route.Prefix.ToString());
        }

        Assert.That(routes, Is.EqualTo(new[] { "10.1.0.0/26" }));
    }

    [Test]
    public async Task A_configuration_that_cannot_be_leaves_the_running_one_in_force()
    {
        var port = FreePort.Next();
        _host.OnCluster(State("65001", port));
        await RunningAsync(65001);
        var speaker = _host.Current;
        _host.OnCluster(State("no number", port));
        await Until.TrueAsync("the problem shows", () => _host.Status.Problems.Length == 1);
        Assert.That(_host.Current, Is.SameAs(speaker));
        Assert.That(_host.Status.IsRunning, Is.True);
        _host.OnCluster(State("65001", port));
        await Until.TrueAsync("the problem is gone", () => _host.Status.Problems.IsEmpty);
        Assert.That(_host.Current, Is.SameAs(speaker));
    }

    [Test]
    public async Task Another_as_number_takes_another_speaker()
    {
        var port = FreePort.Next();
        _host.OnCluster(State("65001", port));
        await RunningAsync(65001);
        var speaker = _host.Current;
        _host.OnCluster(State("65002", port));
        await RunningAsync(65002);
        Assert.That(_host.Current, Is.Not.SameAs(speaker));
    }

    [Test]
    public async Task A_port_that_is_taken_is_told_and_tried_again()
    {
        using var other = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        other.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        other.Listen();
        var port = ((IPEndPoint)other.LocalEndPoint!).Port;
        _host.OnCluster(State("65001", port));
        await Until.TrueAsync(
            "the port is named",
            () => _host.Status.Problems.Any(problem => problem.Contains($"127.0.0.1:{port}", StringComparison.Ordinal)));
        Assert.That(_host.Status.IsRunning, Is.False);
        other.Dispose();
        await RunningAsync(65001);
    }

    private static ClusterState State(string asn, int port)
    {
        var resource = new BgpConfigurationResource
        {
            Metadata = new() { Name = "default" },
            Spec = JsonNode.Parse($$"""{"listenAddresses": ["127.0.0.1"], "listenPort": {{port}}}""")!.AsObject(),
        };
        var node = new NodeRecord
        {
            Name = "node-1",
            Annotations = ImmutableDictionary<string, string>.Empty.Add(NodeAnnotations.Asn, asn),
            PodCidrs = [Prefix.FromNetwork(IPNetwork.Parse("10.1.0.0/26"))],
            InternalAddresses = [IPAddress.Parse("172.30.1.2")],
        };
        return new ClusterState
        {
            Nodes = ImmutableSortedDictionary<string, NodeRecord>.Empty.Add("node-1", node),
            Configurations = ImmutableSortedDictionary<string, BgpObject<BgpConfiguration>>.Empty.Add(
                "default", BgpFeedTranslator.Translate(resource, BgpObjectReader.ReadConfiguration, null)),
            PeerGroups = ImmutableSortedDictionary<string, BgpObject<BgpPeerGroup>>.Empty,
            Peers = ImmutableSortedDictionary<string, BgpObject<BgpPeer>>.Empty,
            Filters = ImmutableSortedDictionary<string, BgpObject<BgpFilter>>.Empty,
        };
    }

    private Task RunningAsync(uint asn) => Until.TrueAsync(
        $"a speaker of AS {asn} runs; problems: {string.Join("; ", _host.Status.Problems)}",
        () => _host.Status is { IsRunning: true } status && status.Asn == asn && _host.Current is not null);
}
