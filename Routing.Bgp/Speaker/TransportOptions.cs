using System.Net;

namespace Routing.Bgp.Speaker;

/// <summary>How the TCP connection with a neighbour comes about.</summary>
public sealed record TransportOptions
{
    /// <summary>The neighbour's TCP port.</summary>
    public int Port { get; init; } = 179;

    /// <summary>Only accept, never connect.</summary>
    public bool Passive { get; init; }

    /// <summary>Our address towards the neighbour; the kernel chooses when null.</summary>
    public IPAddress? SourceAddress { get; init; }
}
