using System.Net;
using System.Net.Sockets;
using Routing.Tests.Netns;

namespace Routing.Tests.Cni;

/// <summary>A TCP connection between two namespaces, by sockets opened inside them.</summary>
internal static class TcpProbe
{
    /// <summary>Connects, sends an octet each way and closes; fails the test when that takes a
    /// minute.</summary>
    public static async Task ConnectAsync(TestNamespace client, TestNamespace server, string serverAddress)
    {
        var address = IPAddress.Parse(serverAddress);
        using var deadline = new CancellationTokenSource(TimeSpan.FromSeconds(60));
        using var listener = server.Inner.OpenSocket(address.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
        using var connecting = client.Inner.OpenSocket(address.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
        listener.Bind(new IPEndPoint(address, 0));
        listener.Listen();
        try
        {
            var accepting = listener.AcceptAsync(deadline.Token).AsTask();
            await connecting.ConnectAsync(listener.LocalEndPoint!, deadline.Token);
            using var accepted = await accepting;
            var octet = new byte[] { 42 };
            await connecting.SendAsync(octet, deadline.Token);
            await accepted.ReceiveAsync(octet, deadline.Token);
            await accepted.SendAsync(octet, deadline.Token);
            Assert.That(await connecting.ReceiveAsync(octet, deadline.Token), Is.EqualTo(1));
        }
        catch (Exception e) when (e is SocketException or OperationCanceledException)
        {
            Assert.Fail($"no TCP from {client.Name} to {address}: {e.Message}");
        }
    }
}
