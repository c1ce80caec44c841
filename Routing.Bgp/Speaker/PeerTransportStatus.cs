using System.Net;

namespace Routing.Bgp.Speaker;

/// <summary>The TCP connection under a neighbour's session.</summary>
public sealed record PeerTransportStatus
{
    /// <summary>Our end; null unless Established.</summary>
    public IPEndPoint? Local { get; init; }

    /// <summary>The neighbour's end; null unless Established.</summary>
    public IPEndPoint? Remote { get; init; }

    /// <summary>We only accept, and never connect.</summary>
    public bool IsPassive { get; init; }
}
