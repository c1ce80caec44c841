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
    private readonly LookupSet[] _sources = // by IP version; what is a pod's own are the same pairs
        [.. IpFamiliesExtensions.Each.Select(family => new LookupSet(Skeleton.Create(reports).Sets[Names.Sources(family)]))];

    private readonly Dictionary<string, OpenEndpoint?> _edited = new(StringComparer.Ordinal);

    /// <summary>True when packets of the interface find their way.</summary>
    public bool IsOpen(string interfaceName) => _open.ContainsKey(interfaceName);

    /// <summary>The pods whose egress policies name domains.</summary>
    public IEnumerable<LocalEndpoint> NamingDomains =>
        _open.Values.Where(open => open.Egress is { Domains.Count: > 0 }).Select(open => open.Endpoint);

    /// <summary>So many interfaces are about to be put.</summary>
    public void EnsureCapacity(int interfaces)
    {
        _open.EnsureCapacity(interfaces);
        _edited.EnsureCapacity(interfaces);
    }

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
        foreach (var family in IpFamiliesExtensions.Each)
        {
            var sources = _sources[(int)family];
            if (sources.IsEdited)
            {
                sources.Commit();
                sets = sets.SetItem(sources.Set.Name, sources.Set);
                var own = sets[Names.Own(family)] with { Elements = sources.Set.Elements, Edit = sources.Set.Edit };
                sets = sets.SetItem(own.Name, own);
            }
        }

        var maps = PutVerdicts(ruleset.Maps, Names.EgressByInterface, open => Entry(open.Egress, Direction.Egress));
        maps = PutVerdicts(maps, Names.IngressByInterface, open => Entry(open.Ingress, Direction.Ingress));
        maps = PutVerdicts(maps, Names.ResumableFrom, open => Resumable(open.Ingress));
        maps = PutVerdicts(maps, Names.ResumableTo, open => Resumable(open.Egress));
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
                _sources[(int)address.Family].Remove(new SetElement(address.Value, address.Value, Interface: interfaceName));
            }
        }

        for (var i = 0; i < current.Length; i++)
        {
            var address = current[i];
            if (!old.Contains(address) && current.IndexOf(address) == i)
            {
                _sources[(int)address.Family].Add(new SetElement(address.Value, address.Value, Interface: interfaceName));
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

    private Verdict Entry(Profile? profile, Direction direction) =>
        profile is null ? Skeleton.NotIsolated(direction, reports) : Verdict.Goto(profile.ChainName);

    /// <summary>Whom no policy isolates, none can have cut off.</summary>
    private static Verdict? Resumable(Profile? profile) => profile is null or { IsStaged: true } ? Verdict.Return : null;

    /// <param name="maps">The maps.</param>
    /// <param name="name">Of the one that is edited.</param>
    /// <param name="verdictOf">What it says of an interface; null for nothing.</param>
    private ImmutableSortedDictionary<string, VerdictMap> PutVerdicts(
        ImmutableSortedDictionary<string, VerdictMap> maps, string name, Func<OpenEndpoint, Verdict?> verdictOf)
    {
        var map = maps[name];
        var elements = map.Elements.ToBuilder();
        foreach (var (interfaceName, open) in _edited)
        {
            if (open is null || verdictOf(open) is not { } verdict)
            {
                elements.Remove(interfaceName);
            }
            else
            {
                elements[interfaceName] = verdict; // an equal one leaves what is there
            }
        }

        var now = elements.ToImmutable();
        return ReferenceEquals(now, map.Elements) ? maps : maps.SetItem(map.Name, map with { Elements = now });
    }
}
