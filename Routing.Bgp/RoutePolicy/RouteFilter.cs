using System.Collections.Immutable;
using Routing.Bgp.Wire.Nlri;

namespace Routing.Bgp.RoutePolicy;

/// <summary>Ordered rules; the first that matches decides, and a route that no rule matches is accepted (DESIGN.md §9).</summary>
public sealed record RouteFilter(ImmutableArray<RouteFilterRule> Rules)
{
    /// <summary>The filter without rules.</summary>
    public static RouteFilter AcceptAll { get; } = new([]);

    /// <summary>True when the route passes.</summary>
    public bool Accepts(Prefix prefix)
    {
        foreach (var rule in Rules)
        {
            if (rule.Matches(prefix))
            {
                return rule.Accept;
            }
        }

        return true;
    }

    /// <summary>By the rules themselves, so that a configuration read again equals the one before.</summary>
    public bool Equals(RouteFilter? other) => other is not null && Rules.AsSpan().SequenceEqual(other.Rules.AsSpan());

    /// <inheritdoc/>
    public override int GetHashCode()
    {
        var hash = new HashCode();
        foreach (var rule in Rules)
        {
            hash.Add(rule);
        }

        return hash.ToHashCode();
    }
}
