namespace Routing.Agent.Topology;

/// <summary>A BGP session of a node.</summary>
/// <param name="Name">Name of the BGPPeer.</param>
/// <param name="Node">Name of the node's site.</param>
/// <param name="Router">Name of the router's site.</param>
/// <param name="Address">The router's address.</param>
/// <param name="State">As the node's agent says; "Unknown" when it was not asked or does not know.</param>
internal sealed record TopologySession(string Name, string Node, string Router, string Address, string State)
{
    /// <summary>State of a session whose agent was not asked.</summary>
    public const string Unknown = "Unknown";
}
