using System.Net;
using Routing.Bgp.Session;
using Routing.Bgp.Session.Tcp;

namespace Routing.Tests.Bgp.Session.Tcp;

/// <summary>Signed segments, TTLs and interfaces in the kernel, over the loopback interface.</summary>
[TestFixture]
public sealed class SocketSecurityTests
{
    private static readonly IPAddress Us = IPAddress.Parse("127.0.0.1");
    private static readonly IPAddress Them = IPAddress.Parse("127.0.7.9");
    private static readonly PeerKeys Good = Password("good");
    private static readonly TimeSpan Short = TimeSpan.FromMilliseconds(300);

    private readonly SocketTransport _transport = new();

    [TestCase("127.0.7.9/32", TestName = "RFC 2385: a neighbour with the listener's key comes in")]
    [TestCase("127.0.0.0/16", TestName = "RFC 2385: and one of a range")]
    public async Task A_key_lets_in_who_has_it_and_nobody_else(string network)
    {
        await using var listener = _transport.Listen(
            new IPEndPoint(Us, 0), new Dictionary<IPNetwork, PeerKeys> { [IPNetwork.Parse(network)] = Good });
        Assert.That(listener.Guards(Them), Is.True);
        Assert.That(listener.Guards(IPAddress.Parse("10.0.0.1")), Is.False);
        foreach (var keys in new[] { PeerKeys.None, Password("bad") })
        {
            using var patience = new CancellationTokenSource(Short);
            Assert.That(
                async () => await ConnectAsync(listener, keys, patience.Token),
                Throws.InstanceOf<OperationCanceledException>(), "its SYNs are dropped");
        }

        await using var client = await ConnectAsync(listener, Good);
        await using var server = await listener.AcceptAsync(CancellationToken.None);
        await PassAsync(client, server);

        Assert.That(listener.SetKeys(new Dictionary<IPNetwork, PeerKeys>()), Is.Empty);
        Assert.That(listener.Guards(Them), Is.False);
        await using var open = await ConnectAsync(listener, PeerKeys.None);
    }

    [Test]
    public async Task A_key_changes_under_a_connection_that_stands()
    {
        await using var listener = _transport.Listen(
            new IPEndPoint(Us, 0), new Dictionary<IPNetwork, PeerKeys> { [PeerKeys.NetworkOf(Them)] = Good });
        await using var client = await ConnectAsync(listener, Good);
        await using var server = await listener.AcceptAsync(CancellationToken.None);
        await PassAsync(client, server);

        client.ChangeKeys(Good, Password("next"));
        await client.WriteAsync([new byte[] { 7 }], CancellationToken.None);
        Assert.That(server.HasUnread, Is.False, "signed with a key the other side does not have yet");
        server.ChangeKeys(Good, Password("next"));
        var buffer = new byte[1];
        Assert.That(await server.ReadAsync(buffer, CancellationToken.None), Is.EqualTo(1), "TCP sends it again");
        await PassAsync(server, client);
    }

    [Test]
    public async Task Segments_from_too_far_away_are_not_taken([Values("127.0.0.1", "::1")] string address)
    {
        var local = IPAddress.Parse(address);
        await using var listener = _transport.Listen(new IPEndPoint(local, 0));
        var near = new ConnectionOptions { LeastTtl = 255 };
        await using var client = await _transport.ConnectAsync(listener.LocalEndPoint, near, CancellationToken.None);
        await using var server = await listener.AcceptAsync(CancellationToken.None);
        server.Apply(near);
        await PassAsync(client, server);

        // RFC 5082 §3: the same octets with a smaller TTL never arrive.
        client.Apply(new ConnectionOptions { Ttl = 254 });
        await client.WriteAsync([new byte[] { 7 }], CancellationToken.None);
        var buffer = new byte[1];
        using var patience = new CancellationTokenSource(Short);
        Assert.That(
            async () => await server.ReadAsync(buffer, patience.Token), Throws.InstanceOf<OperationCanceledException>());
        client.Apply(new ConnectionOptions { Ttl = 255 });
        Assert.That(await server.ReadAsync(buffer, CancellationToken.None), Is.EqualTo(1));
    }

    [Test]
    public async Task An_interface_that_is_not_there_is_one_clear_line()
    {
        await using var listener = _transport.Listen(new IPEndPoint(Us, 0));
        var exception = await Assert.ThrowsAsync<IOException>(async () => await _transport.ConnectAsync(
            listener.LocalEndPoint, new ConnectionOptions { Interface = "nowhere0" }, CancellationToken.None));
        Assert.That(exception!.Message, Does.Contain("interface nowhere0").And.Contain("is there such an interface here?"));
        await using var bound = await _transport.ConnectAsync(
            listener.LocalEndPoint, new ConnectionOptions { Interface = "lo" }, CancellationToken.None);
    }

    [Test]
    public async Task Tcp_ao_works_where_the_kernel_has_it_and_is_one_clear_line_where_not()
    {
        var old = new TcpAoKey(1, 2, TcpAoAlgorithm.HmacSha1, TcpSecret.Create("old")!);
        var keys = new PeerKeys(null, new TcpAoKeyChain([old]));
        var mirrored = Mirror(keys);
        await using var listener = _transport.Listen(new IPEndPoint(Us, 0));
        var refused = listener.SetKeys(new Dictionary<IPNetwork, PeerKeys> { [PeerKeys.NetworkOf(Them)] = keys });
        if (!refused.IsEmpty)
        {
            Assert.That(refused.Single(), Does.Contain("TCP-AO").And.Contain("Linux 6.7").And.Not.Contain("old"));
            Assert.That(listener.Guards(Them), Is.False, "so that the speaker refuses it");
            var exception = await Assert.ThrowsAsync<IOException>(async () => await ConnectAsync(listener, mirrored));
            Assert.That(exception!.Message, Does.Contain("TCP-AO").And.Contain("Linux 6.7"));
            return;
        }

        await using var client = await ConnectAsync(listener, mirrored);
        await using var server = await listener.AcceptAsync(CancellationToken.None);
        await PassAsync(client, server);

        // Rollover: both sides get the new key beside the old one, then lose the old one (RFC 5925 §7.3).
        var next = new TcpAoKey(3, 4, TcpAoAlgorithm.AesCmac, TcpSecret.Create("new")!);
        var both = new PeerKeys(null, new TcpAoKeyChain([next, old]));
        var last = new PeerKeys(null, new TcpAoKeyChain([next]));
        server.ChangeKeys(keys, new PeerKeys(null, new TcpAoKeyChain([old, next])));
        client.ChangeKeys(mirrored, Mirror(both));
        await PassAsync(client, server);
        await PassAsync(server, client);
        server.ChangeKeys(new PeerKeys(null, new TcpAoKeyChain([old, next])), last);
        client.ChangeKeys(Mirror(both), Mirror(last));
        await PassAsync(client, server);
        await PassAsync(server, client);
    }

    private static PeerKeys Mirror(PeerKeys keys) => new(null, new TcpAoKeyChain(
        [.. keys.AoKeys.Keys.Select(key => key with { SendId = key.ReceiveId, ReceiveId = key.SendId })]));

    private static PeerKeys Password(string text) => new(TcpSecret.Create(text), TcpAoKeyChain.None);

    private ValueTask<IBgpConnection> ConnectAsync(
        IBgpListener listener, PeerKeys keys, CancellationToken cancellationToken = default) => _transport.ConnectAsync(
        listener.LocalEndPoint, new ConnectionOptions { Source = Them, Keys = keys }, cancellationToken);

    private static async Task PassAsync(IBgpConnection from, IBgpConnection to)
    {
        await from.WriteAsync([new byte[] { 1, 2, 3 }], CancellationToken.None);
        var buffer = new byte[3];
        for (var at = 0; at < buffer.Length;)
        {
            at += await to.ReadAsync(buffer.AsMemory(at), CancellationToken.None).AsTask().WaitAsync(TimeSpan.FromSeconds(60));
        }

        Assert.That(buffer, Is.EqualTo(new byte[] { 1, 2, 3 }));
    }
}
