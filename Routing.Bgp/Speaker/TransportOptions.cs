using System.Net;
using Routing.Bgp.Session.Tcp;

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

    /// <summary>The one interface the connection may use, or null.</summary>
    public string? Interface { get; init; }

    /// <summary>Hops to the neighbour, 1 to 254: what comes from farther away is not taken (RFC 5082). Null takes
    /// all.</summary>
    public int? TtlSecurityHops { get; init; }

    /// <summary>TTL of what an external neighbour is sent: 1 reaches the same link alone. Not beside
    /// <see cref="TtlSecurityHops"/>, which sends 255.</summary>
    public int MultihopTtl { get; init; } = 1;

    /// <summary>Signs every segment (RFC 2385); null does not. Not beside <see cref="AoKeys"/>.</summary>
    public TcpSecret? Password { get; init; }

    /// <summary>Signs every segment (RFC 5925).</summary>
    public TcpAoKeyChain AoKeys { get; init; } = TcpAoKeyChain.None;

    /// <summary>Offer IPv4 routes over IPv6 next hops (RFC 8950); null offers them on link-local sessions, which have no
    /// other.</summary>
    public bool? ExtendedNextHop { get; init; }

    /// <summary>Offer messages of up to 65,535 octets (RFC 8654): routes with more attributes than fit into 4096.</summary>
    public bool ExtendedMessages { get; init; } = true;

    /// <summary>Neighbours of a range that may be there at the same time.</summary>
    public int DynamicPeerLimit { get; init; } = 100;

    internal PeerKeys Keys => new(Password, AoKeys);

    /// <summary>For the sockets.</summary>
    /// <param name="isExternal">The neighbour is in another AS.</param>
    internal ConnectionOptions ToConnectionOptions(bool isExternal) => new()
    {
        Source = SourceAddress,
        Interface = Interface,
        Ttl = TtlSecurityHops is null && isExternal ? MultihopTtl : ConnectionOptions.MaxTtl,
        LeastTtl = TtlSecurityHops is { } hops ? ConnectionOptions.MaxTtl + 1 - hops : 0,
        Keys = Keys,
    };

    /// <summary>True when a connection can go on after a change to other options: only what signs it may change, and not
    /// whether it is signed.</summary>
    internal bool CanBecome(TransportOptions other) =>
        Keys.CanBecome(other.Keys)
        && this with { Password = null, AoKeys = TcpAoKeyChain.None, DynamicPeerLimit = 0 }
            == other with { Password = null, AoKeys = TcpAoKeyChain.None, DynamicPeerLimit = 0 };
}
