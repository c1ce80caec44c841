using System.Net;

namespace Routing.Bgp.Session.Discovery;

/// <summary>Router messages on one interface.</summary>
internal interface ILinkSocket : IDisposable
{
    /// <summary>Sends to all nodes or all routers of the link.</summary>
    /// <exception cref="IOException">The interface is down or gone.</exception>
    Task SendAsync(ReadOnlyMemory<byte> message, IPAddress group, CancellationToken cancellationToken);

    /// <summary>The next message of a neighbour; our own are not heard.</summary>
    /// <returns>Its octets, and the neighbour's link-local address with the interface as its scope.</returns>
    /// <exception cref="IOException">The interface is gone.</exception>
    Task<(int Length, IPAddress From)> ReceiveAsync(Memory<byte> buffer, CancellationToken cancellationToken);
}
