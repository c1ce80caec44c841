using System.Net;
using System.Net.Sockets;
using Microsoft.Extensions.Logging.Abstractions;
using Routing.Agent.Dataplane;
using Routing.Agent.Dataplane.Conntrack;
using Routing.Agent.Metrics;
using Routing.Agent.Namespaces;
using Routing.Agent.Netlink.Netfilter;
using Routing.Policy.Controller;
using Routing.Policy.Model;
using Routing.Tests.Fakes;
using Routing.Tests.Policy;
using Routing.Tests.Policy.Netns;

namespace Routing.Tests.Netns;

/// <summary>Downloads through a real kernel: the server speaks, and the client acknowledges. What a policy forbids must not come back
/// because the kernel takes the server's next packet for the beginning of a connection (see docs/adr/0027).</summary>
[TestFixture(FilterBackend.Nftables)]
[TestFixture(FilterBackend.IptablesNft)]
[TestFixture(FilterBackend.IptablesLegacy)]
[FixtureLifeCycle(LifeCycle.InstancePerTestCase)]
[Category("Netns")]
public sealed class RevokedConnectionsTests(FilterBackend backend) : IDisposable
{
    private const string Node4 = "172.16.0.1", Node6 = "fd00:ffff::1";

    private readonly List<Socket> _sockets = [];
    private readonly CancellationTokenSource _stop = new();
    private KernelCluster _cluster = null!;
    private NodePolicy _policy = null!;
    private AgentMetrics _metrics = null!;
    private ConntrackNetlink _conntrack = null!;
    private ConntrackLoop _loop = null!;
    private Task _running = null!;

    [SetUp]
    public void Make_a_node_with_pods()
    {
        Requires.Root();
        Requires.Tool("conntrack");
        _cluster = new KernelCluster(3, backend); // p0 downloads, from p1 what is revoked later, from p2 what is not
        _policy = new NodePolicy("n1").Knowing("shop");
        for (var i = 0; i < 3; i++)
        {
            var name = new NamespacedName("shop", $"p{i}");
            EquatableArray<Address> addresses = [.. RandomCluster.AddressesOf(i, 0).Select(Address.Parse)];
            _policy.UpsertPod(new PodView { Name = name, NodeName = "n1", Labels = LabelSet.Empty.With("app", $"p{i}"), Addresses = addresses });
            _policy.SetEndpoint(new LocalEndpoint($"rt-p{i}", name, "", addresses));
        }

        _metrics = new AgentMetrics();
        _conntrack = ConntrackNetlink.Open(_cluster.Node.Inner);
        _loop = new ConntrackLoop(
            _conntrack, () => new FakeWays(Node4, Node6), _metrics, TimeProvider.System,
            NullLogger<ConntrackLoop>.Instance);
        _running = _loop.RunAsync(_stop.Token);
    }

    [TearDown]
    public async Task Stop_the_loop()
    {
        await _stop.CancelAsync();
        Assert.That(async () => await _running, Throws.InstanceOf<OperationCanceledException>());
    }

    public void Dispose()
    {
        _sockets.ForEach(socket => socket.Dispose());
        _conntrack?.Dispose();
        _metrics?.Dispose();
        _cluster?.Dispose();
        _stop.Dispose();
    }

    [Test]
    public async Task A_download_ends_when_ingress_of_its_server_is_revoked()
    {
        await CommitAsync();
        var (revoked, kept) = (Downloads(0, 1), Downloads(0, 2));
        ((List<(Socket, Socket)>)[.. revoked, .. kept]).ForEach(Pass);

        _policy.UpsertPolicy(Yaml.Policy("podSelector: {matchLabels: {app: p1}}\ningress: []"));
        await CommitAsync();

        await AreCutAsync(revoked);
        kept.ForEach(Pass);
        Assert.That(Counted("egress"), Is.Positive, "the answers were dropped where the server is, and counted");
    }

    [Test]
    public async Task A_download_ends_when_egress_of_its_client_is_revoked()
    {
        await CommitAsync();
        var (revoked, kept) = (Downloads(0, 1), Downloads(0, 2));
        revoked.AddRange(RandomCluster.Externals.DistinctBy(address => address.Family)
            .Select(address => Connect(Namespace(0), _cluster.Homes[address].Inner, $"{address}", 80)));
        var ofNode = new[] { Node4, Node6 }.Select(address => Connect(Namespace(0), _cluster.Node.Inner, address, 80)).ToList();
        ((List<(Socket, Socket)>)[.. revoked, .. ofNode, .. kept]).ForEach(Pass);

        _policy.UpsertPolicy(Yaml.Policy(
            "podSelector: {matchLabels: {app: p0}}\npolicyTypes: [Egress]\negress: [{to: [{podSelector: {matchLabels: {app: p2}}}]}]"));
        await CommitAsync();

        ofNode.ForEach(one => one.Server.Send("late"u8)); // the rules refuse it, so that it waits to be sent
        await AreCutAsync(revoked);
        ofNode.ForEach(one => Assert.That(one.Client.Available, Is.Zero, $"{one.Client.RemoteEndPoint}"));
        kept.ForEach(Pass);
        Assert.That(Counted("ingress"), Is.Positive, "the answers were dropped where the client is, and counted");
    }

    [Test]
    public async Task A_connection_that_is_lost_goes_on_when_its_client_speaks()
    {
        _policy.UpsertPolicy(Yaml.Policy(
            "podSelector: {matchLabels: {app: p1}}\ningress: [{from: [{podSelector: {matchLabels: {app: p0}}}]}]"));
        await CommitAsync();
        var downloads = Downloads(0, 1);
        var free = Downloads(0, 2);
        ((List<(Socket, Socket)>)[.. downloads, .. free]).ForEach(Pass);

        _cluster.Node.Run("conntrack", "-F");

        free.ForEach(Download); // no policy is about these two: whoever speaks first
        downloads.ForEach(one => one.Server.Send("waits"u8));
        await Until.TrueAsync("answers wait for their client", () => downloads.TrueForAll(one => Retransmissions(one.Server) > 0));
        downloads.ForEach(one => Assert.That(one.Client.Available, Is.Zero, $"{one.Client.RemoteEndPoint}"));
        foreach (var (client, server) in downloads)
        {
            var buffer = new byte[5];
            client.Send("there"u8);
            Assert.That(server.Receive(buffer), Is.EqualTo(5));
            Assert.That(client.Receive(buffer), Is.EqualTo(5), "what waited arrives");
        }
    }

    [Test]
    public async Task Nothing_of_the_node_itself_is_cut_off_from_its_pods()
    {
        _policy.UpsertPolicy(Yaml.Policy("podSelector: {matchLabels: {app: p1}}\ningress: []"));
        await CommitAsync();
        var probes = RandomCluster.AddressesOf(1, 0).Take(2).Select((address, i) => Connect(_cluster.Node.Inner, Namespace(1), address, 8000 + i)).ToList();
        probes.ForEach(Pass);

        _cluster.Node.Run("conntrack", "-F");

        probes.ForEach(Download);
    }

    private async Task CommitAsync()
    {
        var ruleset = _policy.Compile();
        _cluster.Apply(ruleset);
        _loop.OnCommitted(new CommittedRuleset(ruleset));
        await Until.TrueAsync("connections are judged", () => ReferenceEquals(_loop.Judged, ruleset));
    }

    /// <summary>The server goes on and on, and nothing arrives.</summary>
    private static async Task AreCutAsync(List<(Socket Client, Socket Server)> downloads)
    {
        downloads.ForEach(one => one.Server.Send("late"u8));
        await Until.TrueAsync(
            "the kernel sends it again and again, for nobody answers", () => downloads.TrueForAll(one => Retransmissions(one.Server) > 2));
        downloads.ForEach(one => Assert.That(one.Client.Available, Is.Zero, $"{one.Client.RemoteEndPoint}"));
    }

    /// <summary>What the rules have counted of packets of connections that nobody knows.</summary>
    private long Counted(string direction)
    {
        using var rules = _cluster.OpenRules();
        return rules.CountVerdicts().Where(tally => tally.Direction == direction && tally.Verdict == "resumed").Sum(tally => tally.Count.Packets);
    }

    private NetworkNamespace Namespace(int pod) => _cluster.Homes[Address.Parse(RandomCluster.AddressesOf(pod, 0)[0])].Inner;

    /// <summary>A connection over IPv4 and one over IPv6.</summary>
    private List<(Socket Client, Socket Server)> Downloads(int client, int server) =>
        [.. RandomCluster.AddressesOf(server, 0).Take(2).Select(address => Connect(Namespace(client), Namespace(server), address, 80))];

    private (Socket Client, Socket Server) Connect(NetworkNamespace from, NetworkNamespace to, string address, int port)
    {
        var end = new IPEndPoint(IPAddress.Parse(address), port);
        var listener = Open(to, end.Address);
        listener.Bind(end);
        listener.Listen();
        var client = Open(from, end.Address);
        client.Connect(end);
        var server = listener.Accept();
        server.NoDelay = true;
        _sockets.Add(server);
        return (client, server);
    }

    private Socket Open(NetworkNamespace inside, IPAddress address)
    {
        var socket = inside.OpenSocket(address.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
        (socket.NoDelay, socket.ReceiveTimeout) = (true, 60_000);
        _sockets.Add(socket);
        return socket;
    }

    private static void Pass((Socket Client, Socket Server) one)
    {
        one.Client.Send("there"u8);
        Assert.That(one.Server.Receive(new byte[8]), Is.EqualTo(5));
        Download(one);
    }

    private static void Download((Socket Client, Socket Server) one)
    {
        one.Server.Send("back"u8);
        Assert.That(one.Client.Receive(new byte[8]), Is.EqualTo(4), $"{one.Client.RemoteEndPoint}");
    }

    private static uint Retransmissions(Socket socket)
    {
        const int tcp = 6, tcpInfo = 11, totalRetransmissions = 100; // IPPROTO_TCP, TCP_INFO, tcpi_total_retrans (linux/tcp.h)
        Span<byte> info = stackalloc byte[104];
        socket.GetRawSocketOption(tcp, tcpInfo, info);
        return BitConverter.ToUInt32(info[totalRetransmissions..]);
    }
}
