using System.Net;
using Routing.Bgp.Session.Tcp;

namespace Routing.Bgp.Session;

/// <summary>TCP as the sessions see it; tests put memory in its place.</summary>
internal interface IBgpTransport
{
    /// <summary>Initiates a connection.</summary>
    /// <param name="remote">The peer.</param>
    /// <param name="options">How the socket is set up.</param>
    /// <param name="cancellationToken">Gives the attempt up.</param>
    /// <exception cref="IOException">It failed; the message is fit for a log line.</exception>
    ValueTask<IBgpConnection> ConnectAsync(
        IPEndPoint remote, ConnectionOptions options, CancellationToken cancellationToken);

    /// <summary>Starts to listen.</summary>
    /// <param name="local">Where.</param>
    /// <param name="keys">What connections must be signed with from the very first; by neighbour or range.</param>
    /// <exception cref="IOException">The address or port is taken, not ours, or forbidden; one line with the
    /// remedy.</exception>
    IBgpListener Listen(IPEndPoint local, IReadOnlyDictionary<IPNetwork, PeerKeys>? keys = null);
}
