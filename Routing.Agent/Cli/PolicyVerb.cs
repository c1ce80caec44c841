using System.CommandLine;
using Routing.Agent.Cli.Policies;

namespace Routing.Agent.Cli;

/// <summary>`routing policy ...`: what NetworkPolicies do, offline or on a node.</summary>
internal static class PolicyVerb
{
    public const string Name = "policy";

    public static Command Create() => new(Name, "What policies do: prove it offline or ask a node.")
    {
        PolicyEvalVerb.Create(),
        PolicyCompileVerb.Create(),
        PolicyExplainVerb.Create(),
        PolicyDiffVerb.Create(),
        PolicyMatrixVerb.Create(),
        PolicyLintVerb.Create(),
        PolicyListVerb.Create(),
        PolicyNamesVerb.Create(),
        PolicyCountersVerb.Create(),
    };
}
