using System.CommandLine;

namespace Routing.Agent.Cli;

/// <summary>`routing policy ...`: what NetworkPolicies do, offline or on a node.</summary>
internal static class PolicyVerb
{
    public static Command Create() => new("policy", "Evaluate and compile NetworkPolicies, or ask a node about them.")
    {
        PolicyEvalVerb.Create(),
        PolicyCompileVerb.Create(),
        PolicyListVerb.Create(),
    };
}
