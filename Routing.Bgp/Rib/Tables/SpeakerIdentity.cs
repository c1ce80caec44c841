namespace Routing.Bgp.Rib.Tables;

/// <summary>The numbers by which this speaker finds itself in a route. A change of any of them is a new speaker: the
/// tables built with the old one are thrown away.</summary>
/// <param name="Asn">Our AS.</param>
/// <param name="RouterId">BGP Identifier, host order.</param>
/// <param name="ClusterId">Cluster id, host order.</param>
internal sealed record SpeakerIdentity(uint Asn, uint RouterId, uint ClusterId);
