using Routing.Policy.Controller;
using Routing.Policy.Rules;

namespace Routing.Agent.Dataplane;

/// <summary>Replays a sample of packets around each change (<see cref="RulesetVerifier"/>).</summary>
internal sealed class SampleVerifier : IRulesetVerifier
{
    private readonly RulesetVerifier _verifier = new(new Random());

    public IReadOnlyList<string> Check(Ruleset before, Ruleset after, NodePolicy policy) =>
        [.. _verifier.Check(before, after, policy).Select(one => one.ToString())];
}
