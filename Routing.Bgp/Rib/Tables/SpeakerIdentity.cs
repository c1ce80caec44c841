using System.Collections.Immutable;

namespace Routing.Bgp.Rib.Tables;

/// <summary>The numbers by which this speaker finds itself in a route. A change of any of them is a new speaker: the
/// tables built with the old one are thrown away.</summary>
/// <param name="Asn">Our AS.</param>
/// <param name="RouterId">BGP Identifier, host order.</param>
/// <param name="ClusterId">Cluster id, host order.</param>
/// <param name="ConfederationId">The AS that the confederation is to the world, of which <paramref name="Asn"/> is a member
/// (RFC 5065 §2); 0 outside a confederation.</param>
internal sealed record SpeakerIdentity(uint Asn, uint RouterId, uint ClusterId, uint ConfederationId = 0)
{
    /// <summary>Cluster ids that some clients have instead (RFC 4456 §7: a speaker may serve several clusters).</summary>
    public ImmutableArray<uint> OtherClusterIds { get; init; } = [];

    /// <summary>The AS by which the world knows us.</summary>
    public uint PublicAsn => ConfederationId == 0 ? Asn : ConfederationId;
}
