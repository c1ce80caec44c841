using System.Collections.Immutable;
using Routing.Agent.BgpConfig;

namespace Routing.Agent.Cluster;

/// <summary>What the agent knows of nodes and BGP objects: a snapshot that is replaced as a whole. A kind is null until
/// it was listed.</summary>
internal sealed record ClusterState
{
    /// <summary>Nothing known yet.</summary>
    public static ClusterState Unknown { get; } = new();

    /// <summary>Nodes by name.</summary>
    public ImmutableSortedDictionary<string, NodeRecord>? Nodes { get; init; }

    /// <summary>BGPConfigurations by name.</summary>
    public ImmutableSortedDictionary<string, BgpObject<BgpConfiguration>>? Configurations { get; init; }

    /// <summary>BGPPeers by name, as written.</summary>
    public ImmutableSortedDictionary<string, BgpDocument>? PeerDocuments { get; init; }

    /// <summary>BGPPeerGroups by name.</summary>
    public ImmutableSortedDictionary<string, BgpObject<BgpPeerGroup>>? PeerGroups { get; init; }

    /// <summary>BGPPeers by name, with the fields of their groups; known once both kinds are.</summary>
    public ImmutableSortedDictionary<string, BgpObject<BgpPeer>>? Peers { get; init; }

    /// <summary>BGPFilters by name.</summary>
    public ImmutableSortedDictionary<string, BgpObject<BgpFilter>>? Filters { get; init; }

    /// <summary>Data of the Secrets that passwords may stand in, by name and key; null also when none are followed.</summary>
    public ImmutableSortedDictionary<string, IReadOnlyDictionary<string, string>>? Secrets { get; init; }

    /// <summary>Secrets are followed: without them the state is not complete.</summary>
    public bool FollowsSecrets { get; init; }

    /// <summary>Every kind has been listed in full once.</summary>
    public bool IsComplete => Nodes is not null && Configurations is not null && Peers is not null
        && Filters is not null && (Secrets is not null || !FollowsSecrets);

    /// <summary>The configuration that counts, or null.</summary>
    public BgpConfiguration? Configuration => Configurations?.GetValueOrDefault(BgpKinds.DefaultName)?.Value;

    /// <summary>The node of this name, or null.</summary>
    public NodeRecord? FindNode(string name) => Nodes?.GetValueOrDefault(name);
}
