using System.Collections.Immutable;
using System.Net;
using System.Net.Sockets;
using Routing.Bgp.Session.Tcp;

namespace Routing.Bgp.Session;

/// <summary>The kernel's TCP. A socket stays in the network namespace of the thread that opens it.</summary>
internal sealed class SocketTransport : IBgpTransport
{
    private const int ListenBacklog = 128;
    private const int SolSocket = 1;
    private const int SoReuseAddr = 2;

    /// <inheritdoc/>
    public async ValueTask<IBgpConnection> ConnectAsync(
        IPEndPoint remote, ConnectionOptions options, CancellationToken cancellationToken)
    {
        Socket? socket = null;
        try
        {
            socket = NewSocket(remote.AddressFamily);
            SocketSetup.Apply(socket, options);
            SocketSetup.ChangeKeys(
                socket, PeerKeys.NetworkOf(remote.Address), PeerKeys.None, options.Keys, isListener: false);
            if (options.Source is { } source)
            {
                socket.Bind(new IPEndPoint(source, 0));
            }

            await socket.ConnectAsync(remote, cancellationToken);
            return new SocketConnection(socket);
        }
        catch (SocketException exception)
        {
            socket?.Dispose();
            throw new IOException($"connect to {remote}: {exception.Message}", exception);
        }
        catch
        {
            socket?.Dispose();
            throw;
        }
    }

    /// <inheritdoc/>
    public IBgpListener Listen(IPEndPoint local, IReadOnlyDictionary<IPNetwork, PeerKeys>? keys = null)
    {
        Socket? socket = null;
        try
        {
            socket = NewSocket(local.AddressFamily);

            // A restarted speaker gets its port back although connections of the old one are in TIME_WAIT:
            // SO_REUSEADDR. Not .NET's ReuseAddress, which adds SO_REUSEPORT and would let two speakers share the port.
            socket.SetRawSocketOption(SolSocket, SoReuseAddr, [1, 0, 0, 0]);

            // What answers a SYN must pass a neighbour's own GTSM (RFC 5082 §3); an accepted socket gets its own TTL.
            SocketSetup.SetTtl(socket, ConnectionOptions.MaxTtl);
            socket.Bind(local);

            // Keys before the first SYN can come. What is refused here is refused, and told, again.
            var listener = new SocketListener(socket);
            listener.SetKeys(keys ?? ImmutableDictionary<IPNetwork, PeerKeys>.Empty);
            socket.Listen(ListenBacklog);
            return listener;
        }
        catch (SocketException exception)
        {
            socket?.Dispose();
            throw new IOException(Explain(local, exception), exception);
        }
    }

    private static Socket NewSocket(AddressFamily family)
    {
        var socket = new Socket(family, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        if (family == AddressFamily.InterNetworkV6)
        {
            // Each family has a listener of its own, so that 0.0.0.0 and :: can stand side by side.
            socket.DualMode = false;
        }

        return socket;
    }

    private static string Explain(IPEndPoint local, SocketException exception) => exception.SocketErrorCode switch
    {
        SocketError.AddressAlreadyInUse =>
            $"cannot listen on {local}: the port is in use; stop the other BGP speaker or choose another listenPort",
        SocketError.AddressNotAvailable =>
            $"cannot listen on {local}: this machine has no such address; correct listenAddresses",
        SocketError.AccessDenied =>
            $"cannot listen on {local}: ports below 1024 need root or CAP_NET_BIND_SERVICE; choose another listenPort",
        _ => $"cannot listen on {local}: {exception.Message}",
    };
}
