namespace Routing.Bgp.Rib.Export;

/// <summary>What a round tells a view about one prefix, or about one path of it.</summary>
/// <param name="Row">The prefix.</param>
/// <param name="PathId">Our identifier of the path (RFC 7911); 0 to peers that take one path of a prefix.</param>
/// <param name="Before">Source of what was advertised, or null.</param>
/// <param name="Now">Source of what is advertised now, or null for a withdrawal.</param>
/// <param name="Attributes">Attributes of the path.</param>
internal readonly record struct RouteChange(int Row, uint PathId, PeerIndex? Before, PeerIndex? Now, int Attributes)
{
    /// <summary>Attributes to announce: what the export policy made of those of the path.</summary>
    public int Sent { get; init; } = Attributes;
}
