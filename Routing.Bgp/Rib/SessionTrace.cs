using System.Net;

namespace Routing.Bgp.Rib;

/// <summary>What monitoring stations are told of a session beside its routes. The session fills in
/// <see cref="Ending"/> before the RIB hears that it is down.</summary>
/// <param name="local">Our end of the connection.</param>
/// <param name="remotePort">The peer's port.</param>
/// <param name="sentOpen">Our whole OPEN.</param>
/// <param name="receivedOpen">The peer's.</param>
/// <param name="since">When the session was Established.</param>
internal sealed class SessionTrace(
    IPEndPoint local, int remotePort, byte[] sentOpen, byte[] receivedOpen, DateTimeOffset since)
{
    /// <summary>Our end of the connection.</summary>
    public IPEndPoint Local { get; } = local;

    /// <summary>The peer's port.</summary>
    public int RemotePort { get; } = remotePort;

    /// <summary>Our whole OPEN.</summary>
    public byte[] SentOpen { get; } = sentOpen;

    /// <summary>The peer's.</summary>
    public byte[] ReceivedOpen { get; } = receivedOpen;

    /// <summary>When the session was Established.</summary>
    public DateTimeOffset Since { get; } = since;

    /// <summary>Why it ended.</summary>
    public SessionEnding Ending { get; set; } = SessionEnding.Lost;
}
