using Routing.Bgp.RoutePolicy.Sets;

namespace Routing.Bgp.RoutePolicy.AsPaths;

/// <summary>A parsed expression over AS numbers.</summary>
internal abstract record AsPathNode
{
    private AsPathNode()
    {
    }

    /// <summary>Nothing, which is everywhere.</summary>
    public sealed record Empty : AsPathNode;

    /// <summary>The begin of the path.</summary>
    public sealed record Begin : AsPathNode;

    /// <summary>The end of the path.</summary>
    public sealed record End : AsPathNode;

    /// <summary>One AS number.</summary>
    /// <param name="Ranges">Which; ascending, without overlaps.</param>
    public sealed record Asn(Sequence<ValueRange> Ranges) : AsPathNode;

    /// <summary>One after the other.</summary>
    public sealed record Concatenation(Sequence<AsPathNode> Parts) : AsPathNode;

    /// <summary>One of several.</summary>
    public sealed record Alternation(Sequence<AsPathNode> Choices) : AsPathNode;

    /// <summary>Several times.</summary>
    /// <param name="Part">What.</param>
    /// <param name="Least">At least so often.</param>
    /// <param name="Most">At most so often; null is any number.</param>
    public sealed record Repetition(AsPathNode Part, int Least, int? Most) : AsPathNode;
}
