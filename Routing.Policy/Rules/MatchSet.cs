using System.Collections.Immutable;

namespace Routing.Policy.Rules;

/// <summary>A named set that rules look packets up in: one look-up, whatever its size.</summary>
/// <param name="Name">Unique in the ruleset; at most 31 characters of <c>[a-z0-9-]</c>, starting with a letter.</param>
/// <param name="Family">Width of the addresses; null for a key without addresses.</param>
/// <param name="Key">Fields that are compared together, in this order.</param>
/// <param name="Ranges">True when elements may be ranges (an interval set), false for exact elements (a hash).</param>
/// <param name="Elements">The members. Ranges of one set do not overlap.</param>
/// <param name="Comment">What the set stands for, for people reading the kernel's ruleset.</param>
public sealed record MatchSet(
    string Name,
    IpFamily? Family,
    ImmutableArray<RuleField> Key,
    bool Ranges,
    ElementSet Elements,
    string Comment)
{
    /// <summary>True when the kernel counts for each element the packets that are found by it.</summary>
    public bool IsCounted { get; init; }

    /// <summary>What changed since another set of the same definition; null when it is not said.</summary>
    public SetEdit? Edit { get; init; }
}
