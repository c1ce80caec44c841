using System.Collections.Immutable;
using Routing.Policy.Model;

namespace Routing.Policy.Compile;

/// <summary>The rules of a <see cref="Stage"/>, in order.</summary>
/// <param name="Rules">First match decides.</param>
/// <param name="End">What is said of packets that none matches.</param>
internal sealed record StageRules(ImmutableArray<CompiledRule> Rules, StageAction End)
{
    /// <summary>True when it is counted which rule decided: the stage's sets tell rules apart that say the same.</summary>
    public bool AreCounted { get; init; }

    /// <summary>What those rules say that match a peer.</summary>
    /// <param name="mask">Which, by place.</param>
    /// <param name="names">What the peer calls its ports.</param>
    public PortDecisions Decide(ulong[] mask, ImmutableArray<NamedPort> names)
    {
        var asked = new List<CompiledRule>();
        for (var place = 0; place < Rules.Length; place++)
        {
            if (RuleMask.Has(mask, place))
            {
                asked.Add(Rules[place]);
                if (Rules[place].IsLast)
                {
                    break;
                }
            }
        }

        return PortDecisions.Of(asked, names, End, AreCounted);
    }
}
