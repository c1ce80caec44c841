using System.Collections.Immutable;

namespace Routing.Policy.Rules;

/// <summary>An ordered list of rules, either hung into a hook of the kernel or called by others.</summary>
/// <param name="Name">Unique in the ruleset, as for sets.</param>
/// <param name="Hook">Where packets enter; null for a chain that is only called.</param>
/// <param name="Rules">In order.</param>
/// <param name="Comment">What the chain is for: for a profile, the policies in it.</param>
public sealed record Chain(string Name, ChainHook? Hook, ImmutableArray<Rule> Rules, string Comment)
{
    /// <summary>By value, also over the rules: a chain that was compiled again to the same is the same.</summary>
    public bool Equals(Chain? other) =>
        other is not null && Name == other.Name && Hook == other.Hook && Comment == other.Comment
        && Rules.SequenceEqual(other.Rules);

    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(Name, Hook, Rules.Length, Comment);
}
