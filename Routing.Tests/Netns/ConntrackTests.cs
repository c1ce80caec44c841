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
using Routing.Policy.Rules;
using Routing.Tests.Fakes;
using Routing.Tests.Policy;
using Routing.Tests.Policy.Netns;

namespace Routing.Tests.Netns;

/// <summary>Connections through a real kernel that a new policy forbids, beside others that it does not.</summary>
[Category("Netns")]
public sealed class ConntrackTests
{
    private const string Service = "10.96.0.1", OtherService = "10.96.0.2";

    private readonly List<Socket> _sockets = [];

    [TearDown]
    public void Close() => _sockets.ForEach(socket => socket.Dispose());

    [Test]
    public async Task A_new_deny_cuts_what_it_forbids_and_nothing_else()
    {
        Requires.Root();
        using var cluster = new KernelCluster(3); // p0 asks, p1 is denied later, p2 is not
        var policy = new NodePolicy("n1").Knowing("shop");
        for (var i = 0; i < 3; i++)
        {
            var name = new NamespacedName("shop", $"p{i}");
            EquatableArray<Address> addresses = [.. RandomCluster.AddressesOf(i, 0).Select(Address.Parse)];
            policy.UpsertPod(new PodView { Name = name, NodeName = "n1", Labels = LabelSet.Empty.With("app", $"p{i}"), Addresses = addresses });
            policy.SetEndpoint(new LocalEndpoint($"rt-p{i}", name, "", addresses));
        }

        cluster.Node.Nft($$"""
            table ip services {
              chain prerouting {
                type nat hook prerouting priority -100
                ip daddr {{Service}} tcp dport 80 dnat to {{V4(1)}}:8080
                ip daddr {{OtherService}} tcp dport 80 dnat to {{V4(2)}}:8080
              }
            }
            """);
        using var metrics = new AgentMetrics();
        using var conntrack = ConntrackNetlink.Open(cluster.Node.Inner);
        using var reader = ConntrackNetlink.Open(cluster.Node.Inner);
        var loop = new ConntrackLoop(
            conntrack, () => new FakeWays(), metrics, TimeProvider.System, NullLogger<ConntrackLoop>.Instance);
        using var stop = new CancellationTokenSource();
        var running = loop.RunAsync(stop.Token);
        await CommitAsync();

        var client = Namespace(0);
        var denied = new[]
        {
            Connect(client, Namespace(1), V4(1), V4(1), 80), Connect(client, Namespace(1), V6(1), V6(1), 80),
            Connect(client, Namespace(1), Service, V4(1), 80, 8080),
        };
        var kept = new[]
        {
            Connect(client, Namespace(2), V4(2), V4(2), 80), Connect(client, Namespace(2), V6(2), V6(2), 80),
            Connect(client, Namespace(2), OtherService, V4(2), 80, 8080), Connect(Namespace(1), client, V4(0), V4(0), 81),
        };
        var datagrams = new[] { V4(1), V6(1), V4(2), V6(2) };
        foreach (var address in datagrams)
        {
            var socket = Open(client, IPAddress.Parse(address), SocketType.Dgram, ProtocolType.Udp);
            socket.SendTo("x"u8, new IPEndPoint(IPAddress.Parse(address), 53));
        }

        foreach (var (from, to) in denied.Concat(kept))
        {
            Pass(from, to);
        }

        var before = List();
        Assert.That(before, Has.Count.EqualTo(denied.Length + kept.Length + datagrams.Length));

        policy.UpsertPolicy(Yaml.Policy("podSelector: {matchLabels: {app: p1}}\ningress: []"));
        await CommitAsync();

        var forbidden = before.Where(entry => entry.Reply.Source.ToString() is var end && (end == V4(1) || end == V6(1))).ToList();
        Assert.That(forbidden, Has.Count.EqualTo(5), "two addresses over TCP and UDP, and a service");
        Assert.That(List(), Is.EquivalentTo(before.Except(forbidden)), "the same entries, not new ones");
        foreach (var (from, to) in denied)
        {
            from.Send("late"u8);
            await Until.TrueAsync("the kernel sends it again, for nobody answers", () => Retransmissions(from) > 0);
            Assert.That(to.Available, Is.Zero, $"{from.RemoteEndPoint}");
        }

        foreach (var (from, to) in kept)
        {
            Pass(from, to);
        }

        // An address that is nobody's any more has no connections, whatever the policies say.
        policy.RemoveEndpoint("rt-p2");
        await CommitAsync();
        Assert.That(List().Select(entry => entry.Reply.Source.ToString()), Is.EqualTo(new[] { V4(0) }));

        await stop.CancelAsync();
        Assert.That(async () => await running, Throws.InstanceOf<OperationCanceledException>());

        async Task CommitAsync()
        {
            var ruleset = policy.Compile();
            cluster.Apply(ruleset);
            loop.OnCommitted(new CommittedRuleset(ruleset));
            await Until.TrueAsync("connections are judged", () => ReferenceEquals(loop.Judged, ruleset));
        }

        // The link's own chatter (ICMPv6) aside.
        List<ConntrackEntry> List() => [.. Enum.GetValues<IpFamily>().SelectMany(family =>
            reader.List(family, entry => entry.Original.Protocol is 6 or 17))];

        NetworkNamespace Namespace(int pod) => cluster.Homes[Address.Parse(V4(pod))].Inner;
    }

    [Test]
    public void Connections_are_listed_by_end_and_removed_by_tuple()
    {
        using var node = TestNamespace.Create("node");
        using var conntrack = ConntrackNetlink.Open(node.Inner);
        foreach (var tuple in new[]
        {
            "-s 10.1.0.1 -d 10.1.0.2 -p tcp --sport 1000 --dport 80 --state ESTABLISHED",
            "-s 10.1.0.2 -d 10.1.0.1 -p udp --sport 1000 --dport 53",
            "-s 10.1.0.1 -d 10.1.0.2 -p icmp --icmp-type 8 --icmp-code 0 --icmp-id 7",
            "-s 10.1.0.1 -d 10.1.0.2 -p tcp --sport 1000 --dport 80 --state ESTABLISHED --zone 3",
            "-s fd00::1 -d fd00::2 -p tcp --sport 1000 --dport 80 --state ESTABLISHED",
            "-s fd00::1 -d fd00::2 -p icmpv6 --icmpv6-type 128 --icmpv6-code 0 --icmpv6-id 7",
            "-s 10.1.0.1 -d 10.1.0.9 -p sctp --sport 5 --dport 6 --orig-vtag 1 --reply-vtag 2 --state ESTABLISHED",
        })
        {
            node.Run("conntrack", ["-I", "-t", "600", .. tuple.Split(' ')]);
        }

        Assert.That(conntrack.List(IpFamily.V6, _ => true), Has.Count.EqualTo(2));
        var all = conntrack.List(IpFamily.V4, _ => true);
        Assert.That(all.Select(entry => entry.Zone), Is.EquivalentTo(new[] { 0, 0, 0, 3, 0 }));
        var end = Address.Parse("10.1.0.2");
        Assert.That(
            conntrack.List(end, _ => true),
            Is.EquivalentTo(all.Where(entry => entry.Original.Source == end || entry.Reply.Source == end)));

        var mine = Enum.GetValues<IpFamily>().SelectMany(family => conntrack.List(family, entry => entry.Zone == 0)).ToList();
        Assert.That(conntrack.Delete([mine[0] with { Id = mine[0].Id + 1 }]), Is.Zero, "another connection has its tuple by now");
        Assert.That(conntrack.Delete(mine), Is.EqualTo(6));
        Assert.That(conntrack.Delete(mine), Is.Zero, "they ended already");
        Assert.That(conntrack.List(IpFamily.V4, _ => true).Single().Zone, Is.EqualTo(3));
        Assert.That(conntrack.List(IpFamily.V6, _ => true), Is.Empty);
    }

    private static string V4(int pod) => RandomCluster.AddressesOf(pod, 0)[0];

    private static string V6(int pod) => RandomCluster.AddressesOf(pod, 0)[1];

    /// <summary>A connection of TCP between two namespaces.</summary>
    private (Socket From, Socket To) Connect(
        NetworkNamespace from, NetworkNamespace to, string address, string end, int port, int? endPort = null)
    {
        var listener = Open(to, IPAddress.Parse(end), SocketType.Stream, ProtocolType.Tcp);
        listener.Bind(new IPEndPoint(IPAddress.Parse(end), endPort ?? port));
        listener.Listen();
        var socket = Open(from, IPAddress.Parse(address), SocketType.Stream, ProtocolType.Tcp);
        socket.Connect(IPAddress.Parse(address), port);
        var accepted = listener.Accept();
        _sockets.Add(accepted);
        return (socket, accepted);
    }

    private Socket Open(NetworkNamespace inside, IPAddress address, SocketType type, ProtocolType protocol)
    {
        var socket = inside.OpenSocket(address.AddressFamily, type, protocol);
        if (type == SocketType.Stream)
        {
            socket.NoDelay = true;
        }

        socket.ReceiveTimeout = 60_000;
        _sockets.Add(socket);
        return socket;
    }

    private static void Pass(Socket from, Socket to)
    {
        var buffer = new byte[8];
        from.Send("there"u8);
        Assert.That(to.Receive(buffer), Is.EqualTo(5));
        to.Send("back"u8);
        Assert.That(from.Receive(buffer), Is.EqualTo(4));
    }

    private static uint Retransmissions(Socket socket)
    {
        const int tcp = 6, tcpInfo = 11, totalRetransmissions = 100; // IPPROTO_TCP, TCP_INFO, tcpi_total_retrans (linux/tcp.h)
        Span<byte> info = stackalloc byte[104];
        socket.GetRawSocketOption(tcp, tcpInfo, info);
        return BitConverter.ToUInt32(info[totalRetransmissions..]);
    }
}
