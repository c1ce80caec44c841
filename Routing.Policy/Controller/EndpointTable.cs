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

        PutAddresses(interfaceName, before?.Endpoint.Addresses.Items ?? [], now?.Endpoint.Addresses.Items ?? []);
        _edited[interfaceName] = now;
        Release(before?.Ingress);
        Release(before?.Egress);
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

    private void PutAddresses(string interfaceName, ImmutableArray<Address> old, ImmutableArray<Address> current)
    {
        foreach (var address in old)
        {
            if (!current.Contains(address))
            {
                var element = new SetElement(address.Value, address.Value, Interface: interfaceName);
                _sets[Names.Sources(address.Family)].Remove(element);
                _sets[Names.Own(address.Family)].Remove(element);
            }
        }

        for (var i = 0; i < current.Length; i++)
        {
            var address = current[i];
            if (!old.Contains(address) && current.IndexOf(address) == i)
            {
                var element = new SetElement(address.Value, address.Value, Interface: interfaceName);
                _sets[Names.Sources(address.Family)].Add(element);
                _sets[Names.Own(address.Family)].Add(element);
            }
        }
    }

    private void Release(Profile? profile)
    {
        if (profile is not null)
        {
            profiles.Release(profile);
        }
    }

    private static Verdict Entry(Profile? profile, Verdict notIsolated) =>
        profile is null ? notIsolated : Verdict.Goto(profile.ChainName);

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
