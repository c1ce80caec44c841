using System.Collections.Immutable;
using Routing.Policy.Model;

namespace Routing.Policy.Compile;

/// <summary>Whose answers say what domain names stand for, and how they are seen.</summary>
public sealed record DnsOptions
{
    /// <summary>Our queue (NFQUEUE, and NFLOG group) where no other is asked for: beside the reports' group.</summary>
    public const ushort DefaultQueue = 115;

    /// <summary>Where answers stop until what they say is in force.</summary>
    public ushort Queue { get; init; } = DefaultQueue;

    /// <summary>Services whose endpoints are believed, at the ports of UDP and TCP that they serve.</summary>
    public ImmutableArray<NamespacedName> Services { get; init; } = [new("kube-system", "kube-dns")];

    /// <summary>Servers that are believed at port 53.</summary>
    public ImmutableArray<Address> Servers { get; init; } = [];
}
