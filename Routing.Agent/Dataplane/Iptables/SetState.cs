using Routing.Policy.Render.Iptables;
using Routing.Policy.Rules;

namespace Routing.Agent.Dataplane.Iptables;

/// <summary>A set of the ruleset as it stands in ipsets.</summary>
/// <param name="Set">The set.</param>
/// <param name="Layout">How it lies.</param>
/// <param name="Counts">Its parts, each with the number of its elements.</param>
internal sealed record SetState(MatchSet Set, IpsetLayout Layout, IReadOnlyDictionary<IpsetPart, int> Counts)
{
    /// <summary>The ipsets, with the numbers of their elements.</summary>
    public IEnumerable<(IpsetDefinition Ipset, int Count)> Ipsets =>
        from part in Counts
        let ipset = Layout.Define(part.Key)
        where ipset is not null
        select (ipset, part.Value);

    /// <summary>Laid out alike, whatever they hold.</summary>
    public bool LiesAs(MatchSet other) =>
        Set.Family == other.Family && Set.Ranges == other.Ranges && Set.IsCounted == other.IsCounted && Set.Key.SequenceEqual(other.Key);
}
