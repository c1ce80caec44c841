using System.Collections.Immutable;

namespace Routing.Policy.Rules;

/// <summary>A named map from an interface name to a verdict: how a packet finds its pod's chain in one
/// look-up.</summary>
/// <param name="Name">Unique in the ruleset, as for sets.</param>
/// <param name="Key"><see cref="RuleField.InputInterface"/> or <see cref="RuleField.OutputInterface"/>.</param>
/// <param name="Elements">Verdict by interface name.</param>
/// <param name="Comment">What the map stands for.</param>
public sealed record VerdictMap(
    string Name, RuleField Key, ImmutableSortedDictionary<string, Verdict> Elements, string Comment);
