namespace Routing.Bgp.Bfd;

/// <summary>Where a session's packets go out.</summary>
internal interface IBfdPath : IDisposable
{
    /// <summary>Sends a packet. One that the kernel refuses is lost, as any datagram may be.</summary>
    void Send(ReadOnlySpan<byte> packet);
}
