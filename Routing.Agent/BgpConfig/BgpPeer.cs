using System.Collections.Immutable;
using System.Net;
using Routing.Bgp.Wire.Iana;

namespace Routing.Agent.BgpConfig;

/// <summary>A BGPPeer: a neighbour, or a range of them, of the nodes it selects.</summary>
internal sealed record BgpPeer
{
    /// <summary>metadata.name.</summary>
    public required string Name { get; init; }

    /// <summary>peerIP; null when <see cref="Range"/> is set.</summary>
    public IPAddress? Address { get; init; }

    /// <summary>peerRange: whoever connects from inside it.</summary>
    public IPNetwork? Range { get; init; }

    /// <summary>peerPort.</summary>
    public int? Port { get; init; }

    /// <summary>asNumber.</summary>
    public required uint Asn { get; init; }

    /// <summary>passive.</summary>
    public bool Passive { get; init; }

    /// <summary>sourceAddress: ours towards the neighbour.</summary>
    public IPAddress? SourceAddress { get; init; }

    /// <summary>routeReflectorClient.</summary>
    public bool RouteReflectorClient { get; init; }

    /// <summary>nextHopSelf.</summary>
    public bool NextHopSelf { get; init; }

    /// <summary>families; null offers both.</summary>
    public ImmutableArray<AfiSafi>? Families { get; init; }

    /// <summary>holdTime.</summary>
    public TimeSpan? HoldTime { get; init; }

    /// <summary>connectRetryTime.</summary>
    public TimeSpan? ConnectRetryTime { get; init; }

    /// <summary>filters: names of BGPFilters; their rules are one list, in this order.</summary>
    public ImmutableArray<string> Filters { get; init; } = [];

    /// <summary>node: only this one.</summary>
    public string? Node { get; init; }

    /// <summary>nodeSelector: only nodes with these labels.</summary>
    public NodeSelector? NodeSelector { get; init; }

    /// <summary>True when a node has this neighbour. Without node and selector every node has it.</summary>
    public bool AppliesTo(string node, IReadOnlyDictionary<string, string> labels) =>
        (Node is null || Node == node) && (NodeSelector is null || NodeSelector.Matches(labels));
}
