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

    /// <summary>What signs segments, as in "TCP MD5" and "TCP-AO, 2 keys"; null when nothing does.</summary>
    public string? Authentication { get; init; }

    /// <summary>TTL or hop limit of what is sent.</summary>
    public int Ttl { get; init; }

    /// <summary>Least TTL or hop limit of what is taken (RFC 5082); 0 takes any.</summary>
    public int LeastTtl { get; init; }

    /// <summary>The one interface it may use, or null.</summary>
    public string? Interface { get; init; }
}
