using System.Net;

namespace Routing.Bgp.Session;

/// <summary>TCP as the sessions see it; tests put memory in its place.</summary>
internal interface IBgpTransport
{
    /// <summary>Initiates a connection.</summary>
    /// <param name="source">Our address, or null for the kernel's choice.</param>
    /// <exception cref="IOException">It failed; the message is fit for a log line.</exception>
    ValueTask<IBgpConnection> ConnectAsync(IPEndPoint remote, IPAddress? source, CancellationToken cancellationToken);

    /// <summary>Starts to listen.</summary>
    /// <exception cref="IOException">The address or port is taken, not ours, or forbidden; one line with the
    /// remedy.</exception>
    IBgpListener Listen(IPEndPoint local);
}
