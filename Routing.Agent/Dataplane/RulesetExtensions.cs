using Routing.Policy.Rules;

namespace Routing.Agent.Dataplane;

/// <summary>Questions to a ruleset.</summary>
internal static class RulesetExtensions
{
    /// <summary>True when it holds nothing at all: then there is nothing of ours in the kernel either.</summary>
    public static bool IsEmpty(this Ruleset ruleset) =>
        ruleset.Sets.IsEmpty && ruleset.Maps.IsEmpty && ruleset.Chains.IsEmpty;
}
