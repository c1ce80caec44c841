namespace Routing.Agent.BgpConfig;

/// <summary>Names of our BGP kinds.</summary>
internal static class BgpKinds
{
    /// <summary>Group and version.</summary>
    public const string ApiVersion = "routing.dev/v1alpha1";

    /// <summary>The speaker itself.</summary>
    public const string Configuration = "BGPConfiguration";

    /// <summary>A neighbour or a range of them.</summary>
    public const string Peer = "BGPPeer";

    /// <summary>What several neighbours have in common.</summary>
    public const string PeerGroup = "BGPPeerGroup";

    /// <summary>Rules for routes.</summary>
    public const string Filter = "BGPFilter";

    /// <summary>Name of the one BGPConfiguration that counts.</summary>
    public const string DefaultName = "default";
}
