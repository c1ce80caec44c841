using Routing.Agent.Dataplane;
using Routing.Policy.Controller;
using Routing.Policy.Rules;

namespace Routing.Tests.Fakes;

/// <summary>A compiler that opens every pod, in front of the verifier that has to find it out.</summary>
internal sealed class WrongCompiler : IRulesetVerifier
{
    private readonly SampleVerifier _verifier = new();

    public volatile bool IsWrong;

    public IReadOnlyList<string> Check(Ruleset before, Ruleset after, NodePolicy policy) =>
        _verifier.Check(before, IsWrong ? Opened(after) : after, policy);

    private static Ruleset Opened(Ruleset ruleset)
    {
        var map = ruleset.Maps["ingress-by-interface"];
        return ruleset with
        {
            Maps = ruleset.Maps.SetItem(map.Name, map with
            {
                Elements = map.Elements.SetItems(map.Elements.Keys.Select(name => KeyValuePair.Create(name, Verdict.Accept))),
            }),
        };
    }
}
