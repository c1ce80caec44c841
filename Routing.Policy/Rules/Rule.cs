using System.Collections.Immutable;

namespace Routing.Policy.Rules;

/// <summary>One rule of a chain.</summary>
/// <param name="Matches">Conditions, all of which must hold; none matches every packet.</param>
/// <param name="Action">What to do then.</param>
/// <param name="Comment">Why the rule is there: policy names, or a word of ours. At most 127 octets reach the
/// kernel.</param>
public sealed record Rule(ImmutableArray<Match> Matches, RuleAction Action, string Comment)
{
    /// <summary>True when the kernel counts the packets that match.</summary>
    public bool IsCounted { get; init; }

    /// <summary>By value, also over the matches: two rules that read the same are the same.</summary>
    public bool Equals(Rule? other) =>
        other is not null && Action == other.Action && Comment == other.Comment && IsCounted == other.IsCounted
        && Matches.SequenceEqual(other.Matches);

    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(Matches.Length, Action, Comment);
}
