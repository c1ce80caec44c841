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
            Edit(_sets[Names.Sources(family)], old, current);
            Edit(_sets[Names.Own(family)], old, current);
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

    private static void Edit(LookupSet set, List<SetElement> old, List<SetElement> current)
    {
        foreach (var element in old)
        {
            if (!current.Contains(element))
            {
                set.Remove(element);
            }
        }

        foreach (var element in current)
        {
            if (!old.Contains(element))
            {
                set.Add(element);
            }
        }
    }

    private static Verdict Entry(Profile? profile, Verdict notIsolated) =>
        profile is null ? notIsolated : Verdict.Goto(profile.ChainName);

    /// <summary>The few elements of an interface; none for null.</summary>
    private static List<SetElement> Addresses(OpenEndpoint? open, IpFamily family)
    {
        var elements = new List<SetElement>();
        foreach (var address in open?.Endpoint.Addresses ?? default)
        {
            var element = new SetElement(address.Value, address.Value, Interface: open!.Endpoint.InterfaceName);
            if (address.Family == family && !elements.Contains(element))
            {
                elements.Add(element);
            }
        }

        return elements;
    }

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
