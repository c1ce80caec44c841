using System.Collections.Immutable;
using Routing.Policy.Compile;
using Routing.Policy.Model;
using Routing.Policy.Rules;

namespace Routing.Policy.Controller;

/// <summary>The interfaces that the ruleset dispatches to: their entries in the maps and in the sets of pods'
/// addresses.</summary>
internal sealed class EndpointTable(ProfileTable profiles, ReportOptions reports)
{
    private readonly Dictionary<string, OpenEndpoint> _open = new(StringComparer.Ordinal);
    private readonly Dictionary<string, LookupSet> _sets =
        Skeleton.Create(reports).Sets.ToDictionary(entry => entry.Key, entry => new LookupSet(entry.Value));
    private readonly Dictionary<string, OpenEndpoint?> _edited = new(StringComparer.Ordinal);

    /// <summary>True when packets of the interface find their way.</summary>
    public bool IsOpen(string interfaceName) => _open.ContainsKey(interfaceName);

    /// <summary>The pods whose egress policies name domains.</summary>
    public IEnumerable<LocalEndpoint> NamingDomains =>
        _open.Values.Where(open => open.Egress is { Domains.Count: > 0 }).Select(open => open.Endpoint);

    /// <summary>An interface has these entries, in place of those it had; null: none. At most once between two
    /// <see cref="Commit"/>s.</summary>
    public void Put(string interfaceName, OpenEndpoint? now)
    {
        _open.Remove(interfaceName, out var before);
        if (now is not null)
        {
            _open.Add(interfaceName, now);
        }

        foreach (var family in IpFamiliesExtensions.Each)
        {
            var (old, current) = (Addresses(before, family), Addresses(now, family));
            foreach (var name in new[] { Names.Sources(family), Names.Own(family) })
            {
                foreach (var element in old.Except(current))
                {
                    _sets[name].Remove(element);
                }

                foreach (var element in current.Except(old))
                {
                    _sets[name].Add(element);
                }
            }
        }

        _edited[interfaceName] = now;
        foreach (var profile in new[] { before?.Ingress, before?.Egress }.OfType<Profile>())
        {
            profiles.Release(profile);
        }
    }

    /// <summary>Puts the entries into the ruleset, all at once.</summary>
    public Ruleset Commit(Ruleset ruleset)
    {
        if (_edited.Count == 0)
        {
            return ruleset;
        }

        var sets = ruleset.Sets;
        foreach (var set in _sets.Values.Where(set => set.IsEdited))
        {
            set.Commit();
            sets = sets.SetItem(set.Set.Name, set.Set);
        }

        var maps = PutVerdicts(ruleset.Maps, Direction.Egress);
        maps = PutVerdicts(maps, Direction.Ingress);
        _edited.Clear();
        return ReferenceEquals(sets, ruleset.Sets) && ReferenceEquals(maps, ruleset.Maps)
            ? ruleset
            : ruleset with { Sets = sets, Maps = maps };
    }

    private static Verdict Entry(Profile? profile, Verdict notIsolated) =>
        profile is null ? notIsolated : Verdict.Goto(profile.ChainName);

    private static SetElement[] Addresses(OpenEndpoint? open, IpFamily family) =>
        open is null
            ? []
            : [.. open.Endpoint.Addresses.Items
                .Where(address => address.Family == family)
                .Select(address =>
                    new SetElement(address.Value, address.Value, Interface: open.Endpoint.InterfaceName))
                .Distinct()];

    private ImmutableSortedDictionary<string, VerdictMap> PutVerdicts(
        ImmutableSortedDictionary<string, VerdictMap> maps, Direction direction)
    {
        var map = maps[direction == Direction.Egress ? Names.EgressByInterface : Names.IngressByInterface];
        var elements = map.Elements.ToBuilder();
        foreach (var (name, open) in _edited)
        {
            if (open is null)
            {
                elements.Remove(name);
                continue;
            }

            var verdict = Entry(
                direction == Direction.Egress ? open.Egress : open.Ingress, Skeleton.NotIsolated(direction, reports));
            if (!elements.TryGetValue(name, out var old) || old != verdict)
            {
                elements[name] = verdict;
            }
        }

        var now = elements.ToImmutable();
        return ReferenceEquals(now, map.Elements) ? maps : maps.SetItem(map.Name, map with { Elements = now });
    }
}
