using Routing.Bgp.RoutePolicy.Compile;
using Routing.Bgp.Wire.Iana;

namespace Routing.Bgp.RoutePolicy;

/// <summary>Ordered rules of one direction. The first rule that matches and does not go on decides; a route that no rule
/// decides about is accepted, with whatever the rules before have changed.</summary>
public sealed record RouteFilter
{
    private readonly Lazy<PolicyProgram?> _ipv4;
    private readonly Lazy<PolicyProgram?> _ipv6;
    private readonly int _hash;

    /// <param name="rules">The rules, in order.</param>
    public RouteFilter(Sequence<RouteRule> rules)
    {
        Rules = rules;
        _hash = rules.GetHashCode();
        _ipv4 = new(() => PolicyProgram.Compile(this, AfiSafi.IPv4Unicast));
        _ipv6 = new(() => PolicyProgram.Compile(this, AfiSafi.IPv6Unicast));
    }

    /// <summary>The filter without rules.</summary>
    public static RouteFilter AcceptAll { get; } = new([]);

    /// <summary>The rules.</summary>
    public Sequence<RouteRule> Rules { get; }

    /// <summary>Several filters as one: the rules of the first, then those of the second.</summary>
    public static RouteFilter Join(IReadOnlyList<RouteFilter> filters) => filters.Count switch
    {
        0 => AcceptAll,
        1 => filters[0], // shared, with its programs, by all peers that name it
        _ => new([.. filters.SelectMany(filter => filter.Rules)]),
    };

    /// <summary>The rules of a family compiled, the first time they are asked for; null when there are none.</summary>
    internal PolicyProgram? ProgramFor(AfiSafi family) => (family == AfiSafi.IPv4Unicast ? _ipv4 : _ipv6).Value;

    /// <summary>By the rules.</summary>
    public bool Equals(RouteFilter? other) =>
        ReferenceEquals(this, other) || (other is not null && _hash == other._hash && Rules == other.Rules);

    /// <inheritdoc/>
    public override int GetHashCode() => _hash;
}
