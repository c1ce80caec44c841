using System.Net;
using System.Net.Sockets;
using Microsoft.Extensions.Logging.Abstractions;
using Routing.Bgp.Session;
using Routing.Bgp.Session.Tcp;
using Routing.Bgp.Wire.Iana;
using Routing.Tests.Fakes;

namespace Routing.Tests.Bgp.Session;

/// <summary>The kernel's TCP on the loopback interface; the kernel chooses the ports.</summary>
[TestFixture]
public sealed class SocketTransportTests
{
    [Test]
    public async Task Octets_written_in_several_buffers_arrive_in_order()
    {
        var (client, server, listener) = await ConnectAsync();
        await using (client)
        await using (server)
        await using (listener)
        {
            var buffers = Enumerable.Range(0, 50)
                .Select(i => (ReadOnlyMemory<byte>)Enumerable.Repeat((byte)i, 10_000 + i).ToArray())
                .ToList();
            var expected = buffers.SelectMany(buffer => buffer.ToArray()).ToArray();
            var writing = client.WriteAsync(buffers, CancellationToken.None).AsTask();

            var received = new byte[expected.Length];
            for (var at = 0; at < received.Length;)
            {
                at += await server.ReadAsync(received.AsMemory(at), CancellationToken.None);
            }

            await writing;
            Assert.That(received, Is.EqualTo(expected));
            Assert.That(server.HasUnread, Is.False);
            client.ShutdownSend();
            Assert.That(await server.ReadAsync(received, CancellationToken.None), Is.Zero);
        }
    }

    [Test]
    public async Task A_port_in_use_is_one_clear_line()
    {
        var transport = new SocketTransport();
        await using var first = transport.Listen(new IPEndPoint(IPAddress.Loopback, 0));
        var exception = Assert.Throws<IOException>(() => transport.Listen(first.LocalEndPoint));
        Assert.That(exception!.Message, Does.Contain("port is in use").And.Contain(first.LocalEndPoint.ToString()));
    }

    [Test]
    public void An_address_that_is_not_ours_is_one_clear_line()
    {
        var exception = Assert.Throws<IOException>(
            () => new SocketTransport().Listen(new IPEndPoint(IPAddress.Parse("192.0.2.1"), 1790)));
        Assert.That(exception!.Message, Does.Contain("no such address"));
    }

    [Test]
    public async Task A_refused_connection_names_the_peer()
    {
        IPEndPoint unused;
        await using (var listener = new SocketTransport().Listen(new IPEndPoint(IPAddress.Loopback, 0)))
        {
            unused = listener.LocalEndPoint;
        }

        var exception = await Assert.ThrowsAsync<IOException>(
            async () => await new SocketTransport().ConnectAsync(unused, new ConnectionOptions(), CancellationToken.None));
        Assert.That(exception!.Message, Does.Contain(unused.ToString()));
    }

    [Test]
    public async Task Both_families_can_listen_on_one_port()
    {
        if (!Socket.OSSupportsIPv6)
        {
            Assert.Ignore("This machine has no IPv6.");
        }

        var transport = new SocketTransport();
        await using var v4 = transport.Listen(new IPEndPoint(IPAddress.Any, 0));
        await using var v6 = transport.Listen(new IPEndPoint(IPAddress.IPv6Any, v4.LocalEndPoint.Port));
        Assert.That(v6.LocalEndPoint.Port, Is.EqualTo(v4.LocalEndPoint.Port));
    }

    [Test]
    public async Task A_stranger_is_told_that_it_is_rejected()
    {
        var transport = new SocketTransport();
        using var stop = new CancellationTokenSource();
        await using var listener = new Listener(
            transport.Listen(new IPEndPoint(IPAddress.Loopback, 0)),
            new NoPeers(),
            TimeProvider.System,
            NullLogger<Listener>.Instance);
        var running = listener.RunAsync(stop.Token);

        var elsewhere = new ConnectionOptions { Source = IPAddress.Parse("127.0.0.9") };
        await using var stranger = new ScriptedPeer(
            await transport.ConnectAsync(listener.LocalEndPoint, elsewhere, CancellationToken.None));
        await stranger.ExpectNotificationAsync(NotificationCode.Cease, (byte)CeaseSubcode.ConnectionRejected);
        await stop.CancelAsync();
        await running;
    }

    private static async Task<(IBgpConnection Client, IBgpConnection Server, IBgpListener Listener)> ConnectAsync()
    {
        var transport = new SocketTransport();
        var listener = transport.Listen(new IPEndPoint(IPAddress.Loopback, 0));
        var client = await transport.ConnectAsync(listener.LocalEndPoint, new ConnectionOptions(), CancellationToken.None);
        return (client, await listener.AcceptAsync(CancellationToken.None), listener);
    }

    private sealed class NoPeers : IPeerDirectory
    {
        public PeerSession? Find(IPAddress remote, IPAddress local) => null;
    }
}
