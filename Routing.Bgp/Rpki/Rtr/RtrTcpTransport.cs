using System.Net;
using System.Net.Sockets;

namespace Routing.Bgp.Rpki.Rtr;

/// <summary>Plain TCP (RFC 8210 §9.3). A socket stays in the network namespace of the thread that opens it.</summary>
internal sealed class RtrTcpTransport : IRtrTransport
{
    /// <inheritdoc/>
    public async ValueTask<Stream> ConnectAsync(IPEndPoint cache, CancellationToken cancellationToken)
    {
        var socket = new Socket(cache.AddressFamily, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        try
        {
            await socket.ConnectAsync(cache, cancellationToken);
            return new NetworkStream(socket, ownsSocket: true);
        }
        catch (SocketException exception)
        {
            socket.Dispose();
            throw new IOException($"connect to {cache}: {exception.Message}", exception);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }
}
