using Routing.Policy.Controller;
using Routing.Policy.Rules;

namespace Routing.Agent.Dataplane;

/// <summary>Looks at a ruleset before it is committed.</summary>
internal interface IRulesetVerifier
{
    /// <summary>Says what is wrong; nothing for a good ruleset. Called on the loop: it must be quick.</summary>
    /// <param name="before">What is in force.</param>
    /// <param name="after">What shall be.</param>
    /// <param name="policy">What it was compiled from.</param>
    IReadOnlyList<string> Check(Ruleset before, Ruleset after, NodePolicy policy);
}
