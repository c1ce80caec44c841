using Routing.Bgp.RoutePolicy.Sets;

namespace Routing.Bgp.RoutePolicy.AsPaths;

/// <summary>Conditions on the AS path, all of which have to hold; one that is null or empty says nothing.</summary>
public sealed record AsPathCondition
{
    /// <summary>Any of these matches.</summary>
    public Sequence<AsPathPattern> Patterns { get; init; }

    /// <summary>The path begins with these AS numbers, in this order.</summary>
    public Sequence<uint> Prefix { get; init; }

    /// <summary>The AS that originated the route is in one of these: the last of the path. A path that is empty or ends in a
    /// set has none.</summary>
    public Sequence<ValueRange> OriginAsns { get; init; }

    /// <summary>The neighbouring AS is in one of these: the first of the path. A path that is empty or begins with a set has
    /// none.</summary>
    public Sequence<ValueRange> NeighborAsns { get; init; }

    /// <summary>The length as the decision process counts it (RFC 4271 §9.1.2.2 a).</summary>
    public ValueRange? Length { get; init; }
}
