using System.Collections.Immutable;
using System.Net;
using Routing.Bgp.Session.Tcp;

namespace Routing.Bgp.Session;

/// <summary>A listening port.</summary>
internal interface IBgpListener : IAsyncDisposable
{
    /// <summary>Where it listens, the port filled in when 0 was asked for.</summary>
    IPEndPoint LocalEndPoint { get; }

    /// <summary>Changes what connections must be signed with; those that stand are left alone.</summary>
    /// <param name="keys">By neighbour or range; of other families too, which are passed over.</param>
    /// <returns>Keys that the kernel refused, a sentence each. Connections from there are refused, not taken
    /// unsigned.</returns>
    ImmutableArray<string> SetKeys(IReadOnlyDictionary<IPNetwork, PeerKeys> keys);

    /// <summary>True when nothing from this address gets in that is not signed with the keys that were set.</summary>
    bool Guards(IPAddress remote);

    /// <summary>The next connection.</summary>
    /// <exception cref="IOException">The one connection failed; the listener goes on.</exception>
    /// <exception cref="ObjectDisposedException">The listener has been closed.</exception>
    ValueTask<IBgpConnection> AcceptAsync(CancellationToken cancellationToken);
}
