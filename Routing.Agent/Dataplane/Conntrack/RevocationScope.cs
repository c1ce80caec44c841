using System.Collections.Immutable;
using Routing.Policy.Compile;
using Routing.Policy.Model;
using Routing.Policy.Rules;

namespace Routing.Agent.Dataplane.Conntrack;

/// <summary>Which tracked connections a change of the rules may have forbidden.</summary>
/// <param name="Everything">Those of every pod: a set, a chain or a pod's verdict is another one.</param>
/// <param name="Moved">Those of these addresses: they came to a pod, or went from one.</param>
internal sealed record RevocationScope(bool Everything, ImmutableHashSet<Address> Moved)
{
    /// <summary>True when no connection can have become forbidden.</summary>
    public bool IsEmpty => !Everything && Moved.IsEmpty;

    /// <summary>Compares two rulesets. Costs the number of their objects, and the elements of those that changed.</summary>
    /// <param name="before">Null when it is not known: an earlier agent's.</param>
    /// <param name="after">What is in force.</param>
    public static RevocationScope Between(Ruleset? before, Ruleset after)
    {
        if (before is null)
        {
            return new RevocationScope(true, []);
        }

        // A chain or a set that is new is reached from another that has changed, or by a pod's verdict.
        var everything =
            before.Chains.Any(pair => after.Chains.TryGetValue(pair.Key, out var now) && !SameChain(pair.Value, now))
            || before.Sets.Any(pair =>
                !Endpoints.AreIn(pair.Value) && after.Sets.TryGetValue(pair.Key, out var now) && !SameSet(pair.Value, now))
            || before.Maps.Any(pair => after.Maps.TryGetValue(pair.Key, out var now) && !SameVerdicts(pair.Value, now))
            || after.Chains.Values.Any(chain => chain.Hook is not null && !before.Chains.ContainsKey(chain.Name))
            || after.Maps.Any(pair => RulesetParts.IsOfHostEndpoints(pair.Key) && !before.Maps.ContainsKey(pair.Key));
        var moved = Endpoints.Of(before).ToHashSet();
        moved.SymmetricExceptWith(Endpoints.Of(after));
        return new RevocationScope(everything, [.. moved.Select(pair => pair.Address)]);
    }

    private static bool SameChain(Chain before, Chain after) => ReferenceEquals(before, after) || before == after;

    /// <summary>Sets with interfaces follow the pods, which are looked at by address.</summary>
    private static bool SameSet(MatchSet before, MatchSet after) =>
        ReferenceEquals(before, after)
        || ReferenceEquals(before.Elements, after.Elements)
        || before.Key.Contains(RuleField.InputInterface) || before.Key.Contains(RuleField.OutputInterface)
        || before.Elements.SetEquals(after.Elements);

    /// <summary>A pod that came or went is looked at by its addresses; an interface of the host has none of its own.</summary>
    private static bool SameVerdicts(VerdictMap before, VerdictMap after) =>
        ReferenceEquals(before.Elements, after.Elements)
        || (RulesetParts.IsOfHostEndpoints(before.Name) ? before.Elements.SequenceEqual(after.Elements)
            : before.Elements.All(pair => !after.Elements.TryGetValue(pair.Key, out var now) || now == pair.Value));
}
