using Routing.Bgp.RoutePolicy.AsPaths;
using Routing.Bgp.RoutePolicy.Sets;
using Routing.Bgp.Wire.Nlri;

namespace Routing.Bgp.RoutePolicy;

/// <summary>Conditions on a route, all of which have to hold; one that is null or empty says nothing.</summary>
public sealed record RouteMatch
{
    /// <summary>Every route.</summary>
    public static RouteMatch Any { get; } = new();

    /// <summary>The prefix.</summary>
    public PrefixCondition? Prefix { get; init; }

    /// <summary>Where the route comes from.</summary>
    public RouteSource? Source { get; init; }

    /// <summary>The kind of peer it is imported from or exported to.</summary>
    public PeerKind? PeerKind { get; init; }

    /// <summary>Name of the interface over which its source was reached; "*" stands for any characters. Never that of a
    /// route of our own.</summary>
    public string? Interface { get; init; }

    /// <summary>Communities of all kinds.</summary>
    public CommunityCondition? Communities { get; init; }

    /// <summary>The AS path.</summary>
    public AsPathCondition? AsPath { get; init; }

    /// <summary>The next hop is inside one of these. A route of our own has none.</summary>
    public Sequence<Prefix> NextHops { get; init; }

    /// <summary>MULTI_EXIT_DISC; one that is missing is 0, as the decision process has it.</summary>
    public ValueRange? Med { get; init; }

    /// <summary>LOCAL_PREF; one that is missing is 100, as the decision process has it.</summary>
    public ValueRange? LocalPref { get; init; }

    /// <summary>ORIGIN is one of these.</summary>
    public Sequence<RouteOrigin> Origins { get; init; }

    /// <summary>Metric of the kernel route, which <see cref="RouteOperation.SetPriority"/> has set.</summary>
    public ValueRange? Priority { get; init; }

    /// <summary>Origin validation gives one of these (RFC 6811 §2).</summary>
    public Sequence<OriginValidity> OriginValidation { get; init; }

    /// <summary>Verification of the AS path gives one of these (draft-ietf-sidrops-aspa-verification).</summary>
    public Sequence<PathValidity> PathVerification { get; init; }
}
