using Routing.Policy.Rules;

namespace Routing.Agent.Dataplane.Nftables;

/// <summary>Where packets ask which set.</summary>
/// <remarks>A packet takes one way out of a verdict map: sets that are asked behind different verdicts of one map are not asked
/// both.</remarks>
internal sealed class LookupPlaces
{
    private readonly Dictionary<string, Chain> _chains;
    private readonly Dictionary<string, HashSet<string>> _ways = new(StringComparer.Ordinal); // by map, the chains that it leads to
    private readonly Dictionary<string, Place> _byChain = new(StringComparer.Ordinal);
    private readonly Dictionary<string, Place> _bySet = new(StringComparer.Ordinal);

    /// <param name="rulesets">Packets may be on their way through each of them.</param>
    public LookupPlaces(params IReadOnlyList<Ruleset> rulesets)
    {
        _chains = new Dictionary<string, Chain>(StringComparer.Ordinal);
        foreach (var ruleset in rulesets)
        {
            foreach (var (name, chain) in ruleset.Chains)
            {
                _chains[name] = chain;
            }

            foreach (var map in ruleset.Maps.Values)
            {
                if (!_ways.TryGetValue(map.Name, out var ways))
                {
                    _ways.Add(map.Name, ways = new(StringComparer.Ordinal));
                }

                ways.UnionWith(map.Elements.Values.Select(verdict => verdict.Chain).OfType<string>());
            }
        }

        foreach (var chain in _chains.Values.Where(chain => chain.Hook is not null))
        {
            Visit(chain.Name, new Place(null, null, chain.Hook!.Point is HookPoint.Input or HookPoint.Forward));
        }
    }

    /// <summary>Where a set is asked.</summary>
    public Place Of(string set) => _bySet.GetValueOrDefault(set, new Place(null, null, false));

    private void Visit(string name, Place place)
    {
        if (!_chains.TryGetValue(name, out var chain))
        {
            return;
        }

        var known = _byChain.TryGetValue(name, out var before);
        var now = known ? before!.Or(place) : place;
        if (known && now == before)
        {
            return;
        }

        _byChain[name] = now;
        foreach (var rule in chain.Rules)
        {
            foreach (var match in rule.Matches)
            {
                if (match is Match.InSet { SetName: var set })
                {
                    _bySet[set] = _bySet.TryGetValue(set, out var other) ? other.Or(now) : now;
                }
            }

            switch (rule.Action)
            {
                case RuleAction.Decide { Verdict.Chain: { } next }:
                    Visit(next, now);
                    break;
                case RuleAction.Dispatch { MapName: var map }:
                    foreach (var way in _ways.GetValueOrDefault(map, []))
                    {
                        Visit(way, now with { Map = map, Way = way });
                    }

                    break;
            }
        }
    }

    /// <param name="Map">The map that leads there; null when other rules do as well.</param>
    /// <param name="Way">The chain that the map leads to.</param>
    /// <param name="IsTranslated">Asked only of packets whose destination is translated already, so that it is the same in each
    /// look-up.</param>
    internal sealed record Place(string? Map, string? Way, bool IsTranslated)
    {
        /// <summary>A place that is both.</summary>
        public Place Or(Place other) => this == other ? this
            : (Map, Way) == (other.Map, other.Way) ? this with { IsTranslated = IsTranslated && other.IsTranslated }
            : new Place(null, null, IsTranslated && other.IsTranslated);
    }
}
