using System.Net.NetworkInformation;

namespace Routing.Agent.Netlink.Route;

/// <summary>What to change about a link; null leaves a thing as it is.</summary>
public sealed record LinkChange
{
    /// <summary>Administrative state.</summary>
    public bool? Up { get; init; }

    /// <summary>In octets.</summary>
    public int? Mtu { get; init; }

    /// <summary>Hardware address.</summary>
    public PhysicalAddress? Mac { get; init; }

    /// <summary>New name; the link must be down.</summary>
    public string? Name { get; init; }

    /// <summary>IFLA_IFALIAS, for people.</summary>
    public string? Alias { get; init; }

    /// <summary>Whether the kernel makes an IPv6 link-local address (IFLA_INET6_ADDR_GEN_MODE 0 or 1).</summary>
    public bool? GenerateLinkLocal { get; init; }
}
