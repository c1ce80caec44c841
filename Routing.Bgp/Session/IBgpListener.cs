using System.Net;

namespace Routing.Bgp.Session;

/// <summary>A listening port.</summary>
internal interface IBgpListener : IAsyncDisposable
{
    /// <summary>Where it listens, the port filled in when 0 was asked for.</summary>
    IPEndPoint LocalEndPoint { get; }

    /// <summary>The next connection.</summary>
    /// <exception cref="IOException">The one connection failed; the listener goes on.</exception>
    /// <exception cref="ObjectDisposedException">The listener has been closed.</exception>
    ValueTask<IBgpConnection> AcceptAsync(CancellationToken cancellationToken);
}
