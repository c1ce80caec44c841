using System.Net;
using System.Net.Sockets;

namespace Routing.Bgp.Session.Discovery;

/// <summary>A raw ICMPv6 socket bound to one interface.</summary>
internal sealed class RawLinkSocket(Socket socket, int index) : ILinkSocket
{
    private static readonly EndPoint Anyone = new IPEndPoint(IPAddress.IPv6Any, 0);

    /// <inheritdoc/>
    public async Task SendAsync(ReadOnlyMemory<byte> message, IPAddress group, CancellationToken cancellationToken)
    {
        try
        {
            var to = new IPEndPoint(new IPAddress(group.GetAddressBytes(), index), 0);
            await socket.SendToAsync(message, SocketFlags.None, to, cancellationToken);
        }
        catch (Exception exception) when (exception is SocketException or ObjectDisposedException)
        {
            throw new IOException(exception.Message, exception);
        }
    }

    /// <inheritdoc/>
    public async Task<(int Length, IPAddress From)> ReceiveAsync(Memory<byte> buffer, CancellationToken cancellationToken)
    {
        try
        {
            var received = await socket.ReceiveFromAsync(buffer, SocketFlags.None, Anyone, cancellationToken);
            var from = ((IPEndPoint)received.RemoteEndPoint).Address;
            return (received.ReceivedBytes, new IPAddress(from.GetAddressBytes(), index));
        }
        catch (Exception exception) when (exception is SocketException or ObjectDisposedException)
        {
            throw new IOException(exception.Message, exception);
        }
    }

    /// <inheritdoc/>
    public void Dispose() => socket.Dispose();
}
