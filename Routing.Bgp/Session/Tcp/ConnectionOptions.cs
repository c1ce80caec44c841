using System.Net;

namespace Routing.Bgp.Session.Tcp;

/// <summary>How the sockets of one neighbour are set up, whoever connects.</summary>
internal sealed record ConnectionOptions
{
    /// <summary>Hops a segment can make at all.</summary>
    public const int MaxTtl = 255;

    /// <summary>Our address to connect from; the kernel chooses when null.</summary>
    public IPAddress? Source { get; init; }

    /// <summary>The one interface that may be used, or null.</summary>
    public string? Interface { get; init; }

    /// <summary>TTL or hop limit of what we send.</summary>
    public int Ttl { get; init; } = MaxTtl;

    /// <summary>Least TTL or hop limit of what we take (RFC 5082 §3); 0 takes any.</summary>
    public int LeastTtl { get; init; }

    /// <summary>What segments are signed with.</summary>
    public PeerKeys Keys { get; init; } = PeerKeys.None;
}
