using System.Collections.Immutable;
using System.Net;
using System.Net.Sockets;
using Routing.Bgp.Session.Tcp;

namespace Routing.Bgp.Session;

/// <summary>A listening TCP socket.</summary>
internal sealed class SocketListener(Socket socket) : IBgpListener
{
    private readonly Lock _gate = new();
    private readonly Dictionary<IPNetwork, PeerKeys> _keys = []; // as the kernel has them

    /// <inheritdoc/>
    public IPEndPoint LocalEndPoint { get; } = (IPEndPoint)socket.LocalEndPoint!;

    /// <inheritdoc/>
    public ImmutableArray<string> SetKeys(IReadOnlyDictionary<IPNetwork, PeerKeys> keys)
    {
        var refused = ImmutableArray.CreateBuilder<string>();
        lock (_gate)
        {
            var neighbours = _keys.Keys.Union(keys.Keys)
                .Where(network => network.BaseAddress.AddressFamily == LocalEndPoint.AddressFamily).ToList();
            foreach (var network in neighbours)
            {
                var from = _keys.GetValueOrDefault(network, PeerKeys.None);
                var to = keys.GetValueOrDefault(network, PeerKeys.None);
                try
                {
                    SocketSetup.ChangeKeys(socket, network, from, to, isListener: true);
                    _keys[network] = to;
                }
                catch (Exception exception) when (exception is IOException or ObjectDisposedException)
                {
                    refused.Add($"{network}: {exception.Message}");
                    continue;
                }

                if (to.IsEmpty)
                {
                    _keys.Remove(network);
                }
            }
        }

        return refused.ToImmutable();
    }

    /// <inheritdoc/>
    public bool Guards(IPAddress remote)
    {
        lock (_gate)
        {
            return _keys.Keys.Any(network => network.Contains(remote));
        }
    }

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
