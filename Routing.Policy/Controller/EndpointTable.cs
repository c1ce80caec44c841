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

    /// <summary>True when packets of the interface find their way.</summary>
    public bool IsOpen(string interfaceName) => _open.ContainsKey(interfaceName);

    /// <summary>Puts an interface's entries into the ruleset, in place of those it has; null takes them out.</summary>
    public Ruleset Put(Ruleset ruleset, string interfaceName, OpenEndpoint? now)
    {
        _open.Remove(interfaceName, out var before);
        if (now is not null)
        {
            _open.Add(interfaceName, now);
        }

        var sets = ruleset.Sets;
        foreach (var family in new[] { IpFamily.V4, IpFamily.V6 })
        {
            foreach (var name in new[] { Names.Sources(family), Names.Own(family) })
            {
                var set = sets[name];
                var elements = set.Elements.Except(Addresses(before, family)).Union(Addresses(now, family));
                if (!ReferenceEquals(elements, set.Elements))
                {
                    sets = sets.SetItem(name, set with { Elements = elements });
                }
            }
        }

        var maps = ruleset.Maps;
        Verdict? egress = now is null ? null : Entry(now.Egress, Skeleton.NotIsolated(Direction.Egress, reports));
        Verdict? ingress = now is null ? null : Entry(now.Ingress, Skeleton.NotIsolated(Direction.Ingress, reports));
        maps = PutVerdict(maps, Names.EgressByInterface, interfaceName, egress);
        maps = PutVerdict(maps, Names.IngressByInterface, interfaceName, ingress);

        foreach (var profile in new[] { before?.Ingress, before?.Egress }.OfType<Profile>())
        {
            profiles.Release(profile);
        }

        return ReferenceEquals(sets, ruleset.Sets) && ReferenceEquals(maps, ruleset.Maps)
            ? ruleset
            : ruleset with { Sets = sets, Maps = maps };
    }

    private static Verdict Entry(Profile? profile, Verdict notIsolated) =>
        profile is null ? notIsolated : Verdict.Goto(profile.ChainName);

    private static IEnumerable<SetElement> Addresses(OpenEndpoint? open, IpFamily family) =>
        open is null
            ? []
            : open.Endpoint.Addresses.Items
                .Where(address => address.Family == family)
                .Select(address =>
                    new SetElement(address.Value, address.Value, Interface: open.Endpoint.InterfaceName));

    private static ImmutableSortedDictionary<string, VerdictMap> PutVerdict(
        ImmutableSortedDictionary<string, VerdictMap> maps, string name, string interfaceName, Verdict? verdict)
    {
        var map = maps[name];
        var elements = verdict is { } entry
            ? map.Elements.SetItem(interfaceName, entry)
            : map.Elements.Remove(interfaceName);
        return ReferenceEquals(elements, map.Elements) ? maps : maps.SetItem(name, map with { Elements = elements });
    }
}
