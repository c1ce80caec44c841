using System.Collections.Immutable;
using System.Net;
using Routing.Bgp.Wire.Nlri;

namespace Routing.Agent.Cluster;

/// <summary>What the agent needs to know of a Node: where its pods' addresses come from and how it speaks
/// BGP.</summary>
internal sealed record NodeRecord
{
    /// <summary>metadata.name.</summary>
    public required string Name { get; init; }

    /// <summary>metadata.labels.</summary>
    public ImmutableDictionary<string, string> Labels { get; init; } = ImmutableDictionary<string, string>.Empty;

    /// <summary>Those of metadata.annotations that are ours.</summary>
    public ImmutableDictionary<string, string> Annotations { get; init; } = ImmutableDictionary<string, string>.Empty;

    /// <summary>spec.podCIDRs, without those that are no prefix.</summary>
    public ImmutableArray<Prefix> PodCidrs { get; init; } = [];

    /// <summary>status.addresses of type InternalIP.</summary>
    public ImmutableArray<IPAddress> InternalAddresses { get; init; } = [];

    /// <summary>By value, so that a node's heartbeat changes nothing.</summary>
    public bool Equals(NodeRecord? other) =>
        other is not null && Name == other.Name && PodCidrs.SequenceEqual(other.PodCidrs)
        && InternalAddresses.SequenceEqual(other.InternalAddresses)
        && Same(Labels, other.Labels) && Same(Annotations, other.Annotations);

    /// <inheritdoc/>
    public override int GetHashCode() => Name.GetHashCode(StringComparison.Ordinal);

    private static bool Same(ImmutableDictionary<string, string> a, ImmutableDictionary<string, string> b) =>
        a.Count == b.Count && a.All(pair => b.TryGetValue(pair.Key, out var value) && value == pair.Value);
}
