namespace Routing.Agent.Lab.Report;

/// <summary>A node's BGP session.</summary>
/// <param name="Node">The node.</param>
/// <param name="Peer">Name of the BGPPeer object.</param>
/// <param name="Address">The peer's address.</param>
/// <param name="Asn">The peer's AS number.</param>
/// <param name="State">RFC 4271 §8.2.2.</param>
/// <param name="PrefixesReceived">Prefixes the peer announced.</param>
/// <param name="LastError">Why the last session ended.</param>
public sealed record SessionReport(
    string Node, string Peer, string Address, uint Asn, string State, ulong PrefixesReceived, string LastError)
{
    /// <summary>The state that is wanted.</summary>
    public const string Established = "Established";
}
