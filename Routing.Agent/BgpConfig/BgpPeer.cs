using System.Collections.Immutable;
using System.Net;
using Routing.Bgp.Speaker;

namespace Routing.Agent.BgpConfig;

/// <summary>A BGPPeer with the fields of its group: a neighbour, or a range of them, of the nodes it selects.</summary>
internal sealed record BgpPeer
{
    /// <summary>What the speaker is told, but for what names other objects.</summary>
    public required PeerConfig Config { get; init; }

    /// <summary>asNumber: internal. Which AS that is, the node knows.</summary>
    public bool IsInternal { get; init; }

    /// <summary>filters: names of BGPFilters; their rules are one list, in this order.</summary>
    public ImmutableArray<string> Filters { get; init; } = [];

    /// <summary>password, tcpAO.</summary>
    public PeerAuthentication Authentication { get; init; } = PeerAuthentication.None;

    /// <summary>node: only this one.</summary>
    public string? Node { get; init; }

    /// <summary>nodeSelector: only nodes with these labels.</summary>
    public NodeSelector? NodeSelector { get; init; }

    /// <summary>metadata.name.</summary>
    public string Name => Config.Name;

    /// <summary>peerIP; null for a range.</summary>
    public IPAddress? Address => Config.Address;

    /// <summary>interface, when it is what names the neighbour; null otherwise.</summary>
    public string? Interface =>
        Config is { Address: null, AddressRange: null } ? Config.Transport.Interface : null;

    /// <summary>asNumber.</summary>
    public uint Asn => Config.Asn;

    /// <summary>True when a node has this neighbour. Without node and selector every node has it.</summary>
    public bool AppliesTo(string node, IReadOnlyDictionary<string, string> labels) =>
        (Node is null || Node == node) && (NodeSelector is null || NodeSelector.Matches(labels));
}
