using System.Collections.Immutable;
using Routing.Policy.Compile;
using Routing.Policy.Model;
using Routing.Policy.Rules;

namespace Routing.Policy.Controller;

/// <summary>The host endpoints of this node and the interfaces that they mean, in the ruleset. A node has few of them, so a change
/// resolves all.</summary>
/// <param name="profiles">Compiles their policies.</param>
/// <param name="failsafes">Ports that are never closed.</param>
/// <param name="reports">Which packets are reported.</param>
internal sealed class HostTable(ProfileTable profiles, FailsafePorts failsafes, ReportOptions reports)
{
    private static readonly ImmutableArray<(HostLayer Layer, Direction Direction)> Places =
    [
        .. from layer in Enum.GetValues<HostLayer>()
           from direction in Enum.GetValues<Direction>()
           select (layer, direction),
    ];

    private List<Profile> _held = [];
    private Ruleset _part = Ruleset.Empty;

    /// <summary>The endpoints in force by interface; the empty name stands for all others.</summary>
    public ImmutableSortedDictionary<string, HostEndpointView> InForce { get; private set; } =
        ImmutableSortedDictionary.Create<string, HostEndpointView>(StringComparer.Ordinal);

    /// <summary>Puts the endpoints' chains, maps and sets in the place of those before.</summary>
    /// <param name="endpoints">Of this node, in order of their names.</param>
    /// <param name="interfaces">Of this node, with their addresses.</param>
    /// <param name="resolve">The profile of an endpoint's policies at a place, acquired; null when there are none.</param>
    /// <param name="ruleset">What it goes into.</param>
    public Ruleset Put(
        IReadOnlyCollection<HostEndpointView> endpoints, IReadOnlyCollection<HostInterface> interfaces,
        Func<HostEndpointView, ProfileSide, Profile?> resolve, Ruleset ruleset)
    {
        InForce = Assign(endpoints, interfaces);
        var held = new List<Profile>();
        var places = InForce.Values.DistinctBy(endpoint => endpoint.Name).ToDictionary(
            endpoint => endpoint.Name, endpoint => Places.ToImmutableDictionary(place => place, place => Entry(endpoint, place)));
        var part = HostSkeleton.Create(
            [.. InForce.Select(one => new HostEntry(one.Key.Length == 0 ? null : one.Key, places[one.Value.Name]))],
            failsafes, reports);
        _held.ForEach(profiles.Release);
        ruleset = ruleset with
        {
            Chains = Put(ruleset.Chains, _part.Chains, part.Chains),
            Maps = Put(ruleset.Maps, _part.Maps, part.Maps, (one, other) =>
                one.Key == other.Key && one.Comment == other.Comment && one.Elements.SequenceEqual(other.Elements)),
            Sets = Put(ruleset.Sets, _part.Sets, part.Sets, (one, other) => one.Elements.SetEquals(other.Elements)),
        };
        (_held, _part) = (held, part);
        return ruleset;

        (Verdict Verdict, bool Isolates) Entry(HostEndpointView endpoint, (HostLayer Layer, Direction Direction) place)
        {
            var isOpen = place.Layer == HostLayer.Local && endpoint.IsOpen;
            if (resolve(endpoint, new ProfileSide(place.Direction, place.Layer, isOpen)) is { } profile)
            {
                held.Add(profile);
                return (Verdict.Goto(profile.ChainName), !profile.IsStaged);
            }

            var isClosed = place.Layer == HostLayer.Local && !isOpen;
            return (isClosed ? Verdict.Goto(Names.HostClosed(place.Direction)) : Verdict.Return, isClosed);
        }
    }

    /// <summary>Which endpoint each interface is; where several mean the same, the one whose name comes first.</summary>
    private static ImmutableSortedDictionary<string, HostEndpointView> Assign(
        IReadOnlyCollection<HostEndpointView> endpoints, IReadOnlyCollection<HostInterface> interfaces)
    {
        var assigned = ImmutableSortedDictionary.CreateBuilder<string, HostEndpointView>(StringComparer.Ordinal);
        foreach (var endpoint in endpoints)
        {
            var names = endpoint.IsOfAll ? [""]
                : endpoint.InterfaceName.Length > 0 ? [endpoint.InterfaceName]
                : interfaces.Where(one => one.Addresses.Items.Any(endpoint.Addresses.Items.Contains)).Select(one => one.Name);
            foreach (var name in names.Where(name => endpoint.IsOfAll
                || (HostEndpointView.IsInterfaceName(name) && !name.StartsWith(Names.InterfacePrefix, StringComparison.Ordinal))))
            {
                assigned.TryAdd(name, endpoint);
            }
        }

        return assigned.ToImmutable();
    }

    private static ImmutableSortedDictionary<string, T> Put<T>(
        ImmutableSortedDictionary<string, T> all, ImmutableSortedDictionary<string, T> before, ImmutableSortedDictionary<string, T> now,
        Func<T, T, bool>? equal = null)
        where T : class
    {
        var entries = all.RemoveRange(before.Keys.Where(name => !now.ContainsKey(name)));
        foreach (var (name, value) in now)
        {
            if (!entries.TryGetValue(name, out var old) || !(equal?.Invoke(old, value) ?? old.Equals(value)))
            {
                entries = entries.SetItem(name, value);
            }
        }

        return entries;
    }
}
