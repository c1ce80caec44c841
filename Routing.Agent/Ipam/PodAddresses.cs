using System.Net;

namespace Routing.Agent.Ipam;

/// <summary>A pod's addresses: one of each family the node has a CIDR of.</summary>
public readonly record struct PodAddresses(IPAddress? IPv4, IPAddress? IPv6)
{
    /// <summary>The addresses that are set.</summary>
    public IEnumerable<IPAddress> All => new[] { IPv4, IPv6 }.OfType<IPAddress>();
}
