using Routing.Policy.Rules;

namespace Routing.Policy.Compile;

/// <summary>Where the kernel counts.</summary>
/// <param name="Sets">By element.</param>
/// <param name="Chains">By rule.</param>
public sealed record CountedObjects(IReadOnlyList<MatchSet> Sets, IReadOnlyList<Chain> Chains);
