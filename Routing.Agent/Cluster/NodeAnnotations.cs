namespace Routing.Agent.Cluster;

/// <summary>Annotations by which a Node says how it takes part.</summary>
internal static class NodeAnnotations
{
    /// <summary>What they all begin with.</summary>
    public const string Prefix = "routing.dev/";

    /// <summary>The node's AS number, else that of the BGPConfiguration.</summary>
    public const string Asn = "routing.dev/asn";

    /// <summary>The node's BGP Identifier, else its IPv4 InternalIP.</summary>
    public const string RouterId = "routing.dev/router-id";

    /// <summary>"lat,lon" in degrees; on a Node, and on a BGPPeer for the router at the other end.</summary>
    public const string Location = "routing.dev/location";
}
