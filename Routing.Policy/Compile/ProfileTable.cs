using System.Collections.Immutable;
using System.Runtime.InteropServices;
using Routing.Policy.Model;
using Routing.Policy.Rules;
using Routing.Policy.Selectors;

namespace Routing.Policy.Compile;

/// <summary>The profiles in use on this node and which of them have to be compiled again: those whose policies changed
/// or whose peers did. A profile nobody uses any more goes at the next <see cref="Compile"/>.</summary>
internal sealed class ProfileTable(
    SelectorIndex index, NodeTable nodes, ServiceTable services, DomainTable domains, ReportOptions reports,
    IReadOnlyDictionary<PolicyKey, PolicySpec> policies)
{
    private readonly Dictionary<string, Profile> _profiles = new(StringComparer.Ordinal);
    private readonly Dictionary<Profile, ProfileStages> _stages = [];
    private readonly Dictionary<PolicyKey, HashSet<Profile>> _byPolicy = [];
    private readonly Dictionary<SelectedPods, HashSet<Profile>> _bySelection = [];
    private readonly Dictionary<DomainPattern, HashSet<Profile>> _byDomain = [];
    private readonly Dictionary<string, Profile> _bySet = new(StringComparer.Ordinal);
    private readonly HashSet<Profile> _dirty = [];

    /// <summary>The domain names in the rules of profiles, as of the last <see cref="Compile"/>.</summary>
    public ImmutableHashSet<DomainPattern> Domains { get; private set; } = [];

    /// <summary>The profile of these policies, made if need be. One that leads to a staged profile takes over who holds that: it is
    /// released with it.</summary>
    public Profile Acquire(
        ProfileSide side, ImmutableArray<PolicyKey> policyKeys, ImmutableArray<NamedPort> ownPorts,
        ImmutableArray<(PolicyKey Policy, int Rule, IpFamilies Families)> own, bool isStaged = false, Profile? staged = null)
    {
        var identity = Profile.Identity(side, policyKeys, ownPorts, own, isStaged, staged);
        ref var profile = ref CollectionsMarshal.GetValueRefOrAddDefault(_profiles, identity, out _);
        if (profile is null)
        {
            profile = new Profile(side, policyKeys, ownPorts, own, isStaged, staged, identity);
            _stages.Add(profile, new ProfileStages(profile, nodes, services, domains, index, reports));
            _dirty.Add(profile);
            foreach (var policy in policyKeys)
            {
                File(_byPolicy, policy, profile);
            }
        }

        profile.References++;
        return profile;
    }

    /// <summary>Ends one <see cref="Acquire"/>.</summary>
    public void Release(Profile profile)
    {
        if (--profile.References == 0)
        {
            _dirty.Add(profile);
        }

        if (profile.Staged is { } staged)
        {
            Release(staged);
        }
    }

    /// <summary>A policy's rules changed.</summary>
    public void OnPolicyChanged(PolicyKey policy) => Stale(_byPolicy.GetValueOrDefault(policy, []), stages => stages.OnRulesChanged());

    /// <summary>A pod became a member of a selection or is none any more, or its addresses or ports are about to change or
    /// have changed.</summary>
    public void OnMemberChanged(SelectedPods selected, PodRecord pod)
    {
        foreach (var profile in _bySelection.GetValueOrDefault(selected, []))
        {
            _stages[profile].Touch(pod.View.Addresses);
            _dirty.Add(profile);
        }
    }

    /// <summary>A name stands for other addresses.</summary>
    public void OnDomainChanged(DomainPattern pattern, EquatableArray<Address> changed)
    {
        foreach (var profile in _byDomain.GetValueOrDefault(pattern, []))
        {
            _stages[profile].Touch(changed);
            _dirty.Add(profile);
        }
    }

    /// <summary>A selection holds other network sets or host endpoints, or these have other nets.</summary>
    public void OnNetsChanged(SelectedPods selected) =>
        Stale(_bySelection.GetValueOrDefault(selected, []), stages => stages.OnPeersChanged());

    /// <summary>Services have other endpoints.</summary>
    public void OnServicesChanged(IReadOnlySet<NamespacedName> changed) =>
        Stale(_profiles.Values.Where(profile => profile.Policies.Any(key =>
            policies.TryGetValue(key, out var policy) && NamesServices(policy, profile.Direction, changed))), stages => stages.OnRulesChanged());

    /// <summary>A node came, went or changed.</summary>
    public void OnNodesChanged() =>
        Stale(_profiles.Values.Where(profile => profile.Policies.Any(key =>
            policies.TryGetValue(key, out var policy) && NamesNodes(policy, profile.Direction))), stages => stages.OnPeersChanged());

    /// <summary>The rule for whose sake an element is in a set; null when there is none, or no such set.</summary>
    public CompiledRule? RuleOf(string setName, in SetElement element) =>
        _bySet.TryGetValue(setName, out var profile) && _stages[profile].Sets.TryGetValue(setName, out var set)
            ? _stages[profile].RuleOf(set, element)
            : null;

    /// <summary>Brings the dirty profiles' chains and sets into the ruleset; the same one when nothing
    /// changed.</summary>
    public Ruleset Compile(Ruleset ruleset)
    {
        if (_dirty.Count == 0)
        {
            return ruleset;
        }

        var chains = ruleset.Chains.ToBuilder();
        var sets = ruleset.Sets.ToBuilder();
        foreach (var profile in _dirty)
        {
            var stages = _stages[profile];
            var (oldChains, oldSets) = (stages.Chains, stages.Sets);
            if (profile.References == 0)
            {
                Forget(profile);
                chains.RemoveRange(oldChains.Select(chain => chain.Name));
                sets.RemoveRange(oldSets.Keys);
                foreach (var name in oldSets.Keys)
                {
                    _bySet.Remove(name);
                }

                continue;
            }

            var specs = profile.Policies.Select(policy => policies[policy]).ToList();
            Bind(profile, specs);
            stages.Compile(specs);
            foreach (var name in oldSets.Keys.Where(name => !stages.Sets.ContainsKey(name)))
            {
                sets.Remove(name);
                _bySet.Remove(name);
            }

            foreach (var (name, set) in stages.Sets)
            {
                if (!oldSets.TryGetValue(name, out var old) || !ReferenceEquals(old, set))
                {
                    sets[name] = set;
                    _bySet[name] = profile;
                }
            }

            chains.RemoveRange(oldChains.Select(chain => chain.Name).Except(stages.Chains.Select(chain => chain.Name)));
            foreach (var chain in stages.Chains)
            {
                Put(chains, chain.Name, chain);
            }
        }

        _dirty.Clear();
        if (!Domains.SetEquals(_byDomain.Keys))
        {
            Domains = [.. _byDomain.Keys];
        }

        var (newChains, newSets) = (chains.ToImmutable(), sets.ToImmutable());
        return ReferenceEquals(newChains, ruleset.Chains) && ReferenceEquals(newSets, ruleset.Sets)
            ? ruleset
            : ruleset with { Chains = newChains, Sets = newSets };
    }

    private void Stale(IEnumerable<Profile> profiles, Action<ProfileStages> note)
    {
        foreach (var profile in profiles)
        {
            note(_stages[profile]);
            _dirty.Add(profile);
        }
    }

    /// <summary>Holds exactly the selections and the domain names that the profile's rules look at now.</summary>
    private void Bind(Profile profile, IReadOnlyCollection<PolicySpec> specs)
    {
        var names = specs.SelectMany(spec => spec.Rules(profile.Direction)!.Rules.Items)
            .SelectMany(rule => rule.Peers.Items.OfType<PeerSpec.Domains>())
            .SelectMany(peer => peer.Names.Items).ToHashSet();
        foreach (var name in names.Where(profile.Domains.Add))
        {
            File(_byDomain, name, profile);
        }

        if (profile.Domains.Count > names.Count)
        {
            UnbindDomains(profile, [.. profile.Domains.Where(name => !names.Contains(name))]);
        }

        var wanted = specs
            .SelectMany(spec => spec.Rules(profile.Direction)!.Rules.Items)
            .SelectMany(rule => StagePeers.SelectionsOf(rule, profile.Side))
            .ToHashSet();
        foreach (var selection in wanted.Where(selection => !profile.Peers.ContainsKey(selection)))
        {
            var selected = index.Acquire(selection);
            profile.Peers.Add(selection, selected);
            File(_bySelection, selected, profile);
        }

        if (profile.Peers.Count > wanted.Count)
        {
            Unbind(profile, [.. profile.Peers.Keys.Where(selection => !wanted.Contains(selection))]);
        }
    }

    private void UnbindDomains(Profile profile, List<DomainPattern> names)
    {
        foreach (var name in names)
        {
            profile.Domains.Remove(name);
            Unfile(_byDomain, name, profile);
        }
    }

    private static bool NamesNodes(PolicySpec policy, Direction direction) =>
        policy.Rules(direction)?.Rules.Items.Any(rule => rule.Peers.Items.Any(peer => peer is PeerSpec.Nodes)) == true;

    private static bool NamesServices(PolicySpec policy, Direction direction, IReadOnlySet<NamespacedName> services) =>
        policy.Rules(direction)?.Rules.Items.Any(rule => rule.Peers.Items.Concat(rule.Own.Items)
            .Any(peer => peer is PeerSpec.Service service && services.Contains(service.Name))) == true;

    private void Unbind(Profile profile, List<PodSelection> selections)
    {
        foreach (var selection in selections)
        {
            profile.Peers.Remove(selection, out var selected);
            Unfile(_bySelection, selected!, profile);
            index.Release(selected!);
        }
    }

    private void Forget(Profile profile)
    {
        Unbind(profile, [.. profile.Peers.Keys]);
        UnbindDomains(profile, [.. profile.Domains]);
        _profiles.Remove(profile.Key);
        _stages.Remove(profile);
        foreach (var policy in profile.Policies)
        {
            Unfile(_byPolicy, policy, profile);
        }
    }

    /// <summary>An equal value leaves the dictionary the same object, so that "nothing changed" can be seen at a
    /// glance.</summary>
    private static void Put<T>(ImmutableSortedDictionary<string, T>.Builder entries, string key, T value)
        where T : class
    {
        if (!entries.TryGetValue(key, out var old) || !old.Equals(value))
        {
            entries[key] = value;
        }
    }

    private static void File<TKey>(Dictionary<TKey, HashSet<Profile>> files, TKey key, Profile profile)
        where TKey : notnull
    {
        ref var file = ref CollectionsMarshal.GetValueRefOrAddDefault(files, key, out _);
        (file ??= []).Add(profile);
    }

    private static void Unfile<TKey>(Dictionary<TKey, HashSet<Profile>> files, TKey key, Profile profile)
        where TKey : notnull
    {
        if (files.TryGetValue(key, out var file) && file.Remove(profile) && file.Count == 0)
        {
            files.Remove(key);
        }
    }
}
