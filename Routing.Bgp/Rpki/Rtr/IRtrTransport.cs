using System.Net;

namespace Routing.Bgp.Rpki.Rtr;

/// <summary>Connects to caches.</summary>
internal interface IRtrTransport
{
    /// <summary>Connects.</summary>
    /// <exception cref="IOException">It cannot.</exception>
    ValueTask<Stream> ConnectAsync(IPEndPoint cache, CancellationToken cancellationToken);
}
