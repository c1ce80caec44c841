using System.Net;
using System.Net.Sockets;

namespace Routing.Bgp.Session;

/// <summary>A listening TCP socket.</summary>
internal sealed class SocketListener(Socket socket) : IBgpListener
{
    /// <inheritdoc/>
    public IPEndPoint LocalEndPoint { get; } = (IPEndPoint)socket.LocalEndPoint!;

    /// <inheritdoc/>
    public async ValueTask<IBgpConnection> AcceptAsync(CancellationToken cancellationToken)
    {
        Socket accepted;
        try
        {
            accepted = await socket.AcceptAsync(cancellationToken);
        }
        catch (SocketException exception)
        {
            throw new IOException($"accept on {LocalEndPoint}: {exception.Message}", exception);
        }

        try
        {
            accepted.NoDelay = true;
            return new SocketConnection(accepted);
        }
        catch (SocketException exception)
        {
            // The peer was gone before we looked.
            accepted.Dispose();
            throw new IOException($"accept on {LocalEndPoint}: {exception.Message}", exception);
        }
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync()
    {
        socket.Dispose();
        return ValueTask.CompletedTask;
    }
}
