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
    /// <summary>Addresses to look through (<see cref="ProfileStages.Work"/>) from which on it is worth waking other threads.</summary>
    private const int MuchWork = 2048;

    private readonly Dictionary<ProfileIdentity, Profile> _profiles = [];
    private readonly HashSet<string> _names = new(StringComparer.Ordinal); // of their chains
    private readonly Dictionary<Profile, ProfileStages> _stages = [];
    private readonly ProfileInputs _inputs = new(index);
    private readonly Dictionary<string, Profile> _bySet = new(StringComparer.Ordinal);
    private readonly Dictionary<string, Profile>? _byChain = reports.CountsRules ? new(StringComparer.Ordinal) : null;
    private readonly HashSet<Profile> _dirty = [];
    private readonly HashSet<Profile> _faulty = []; // of the last Compile

    /// <summary>The domain names in the rules of profiles, as of the last <see cref="Compile"/>.</summary>
    public ImmutableHashSet<DomainPattern> Domains { get; private set; } = [];

    /// <summary>The profile of these policies, made if need be. One that leads to a staged profile takes over who holds that: it is
    /// released with it.</summary>
    public Profile Acquire(
        ProfileSide side, ImmutableArray<PolicyKey> policyKeys, ImmutableArray<NamedPort> ownPorts,
        ImmutableArray<(PolicyKey Policy, int Rule, IpFamilies Families)> own, bool isStaged = false, Profile? staged = null)
    {
        var identity = new ProfileIdentity(side, new(policyKeys), new(ownPorts), new(own), isStaged, staged);
        ref var profile = ref CollectionsMarshal.GetValueRefOrAddDefault(_profiles, identity, out _);
        if (profile is null)
        {
            profile = new Profile(identity, _names.Contains);
            _names.Add(profile.ChainName);
            _stages.Add(profile, new ProfileStages(profile, nodes, services, domains, index, reports));
            _dirty.Add(profile);
            _inputs.Add(profile);
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
    public void OnPolicyChanged(PolicyKey policy) => Stale(_inputs.Of(policy), stages => stages.OnRulesChanged());

    /// <summary>A pod became a member of a selection or is none any more, or its addresses or ports are about to change or
    /// have changed.</summary>
    public void OnMemberChanged(SelectedPods selected, PodRecord pod)
    {
        foreach (var profile in _inputs.Of(selected))
        {
            _stages[profile].Touch(pod.View.Addresses);
            _dirty.Add(profile);
        }
    }

    /// <summary>A name stands for other addresses.</summary>
    public void OnDomainChanged(DomainPattern pattern, EquatableArray<Address> changed)
    {
        foreach (var profile in _inputs.Of(pattern))
        {
            _stages[profile].Touch(changed);
            _dirty.Add(profile);
        }
    }

    /// <summary>A selection holds other network sets or host endpoints, or these have other nets.</summary>
    public void OnNetsChanged(SelectedPods selected) =>
        Stale(_inputs.Of(selected), stages => stages.OnPeersChanged());

    /// <summary>Services have other endpoints.</summary>
    public void OnServicesChanged(IReadOnlySet<NamespacedName> changed) =>
        Stale(_profiles.Values.Where(profile => profile.Policies.Any(key =>
            policies.TryGetValue(key, out var policy) && NamesServices(policy, profile.Direction, changed))), stages => stages.OnRulesChanged());

    /// <summary>A node came, went or changed.</summary>
    public void OnNodesChanged() =>
        Stale(_profiles.Values.Where(profile => profile.Policies.Any(key =>
            policies.TryGetValue(key, out var policy) && NamesNodes(policy, profile.Direction))), stages => stages.OnPeersChanged());

    /// <summary>Called by each <see cref="Compile"/> with the sets and chains of profiles that are about to be compiled again, perhaps none,
    /// while it can still be asked for what their elements and rules count.</summary>
    public Action<CountedObjects>? Changing { get; set; }

    /// <summary>The rule for whose sake an element is in a set; null when there is none, or no such set.</summary>
    public CompiledRule? RuleOf(string setName, in SetElement element) =>
        _bySet.TryGetValue(setName, out var profile) && _stages[profile].Sets.TryGetValue(setName, out var set)
            ? _stages[profile].RuleOf(set, element)
            : null;

    /// <summary>What packets are counted for that an element of a set finds; null for none.</summary>
    public CountSubject? CountedFor(string setName, in SetElement element) =>
        _bySet.TryGetValue(setName, out var profile) && _stages[profile].Sets.TryGetValue(setName, out var set)
            ? _stages[profile].CountedFor(set, element)
            : null;

    /// <summary>Likewise, that a rule counts.</summary>
    public CountSubject? CountedFor(string chain, int place) =>
        _byChain is not null && _byChain.TryGetValue(chain, out var profile) ? _stages[profile].CountedFor(chain, place) : null;

    /// <summary>All that packets can be counted for now.</summary>
    public IEnumerable<CountSubject> CountedRules() =>
        from profile in _profiles.Values
        from rule in Rules(profile).Concat(_stages[profile].CountedEnds())
        select rule;

    private IEnumerable<CountSubject> Rules(Profile profile) =>
        from key in profile.Policies
        let policy = policies.GetValueOrDefault(key) // gone, and this profile with the next compile
        from rule in policy?.Rules(profile.Direction)?.Rules.Items ?? []
        where rule.Verdict != RuleVerdict.Log && (!profile.IsStaged || (rule.Verdict == RuleVerdict.Deny && key != key.Enforced()))
        select ProfileStages.CountedFor(profile, policy, rule);

    /// <summary>Profiles that deny more than their policies say.</summary>
    public IEnumerable<(Profile Profile, ProfileStages Stages)> Faulty => _faulty.Select(profile => (profile, _stages[profile]));

    /// <summary>Brings the dirty profiles' chains and sets into the ruleset; the same one when nothing
    /// changed.</summary>
    public Ruleset Compile(Ruleset ruleset)
    {
        Changing?.Invoke(new CountedObjects(
            [.. _dirty.SelectMany(profile => _stages[profile].Sets.Values).Where(set => set.IsCounted)],
            [.. _dirty.SelectMany(profile => _stages[profile].Chains)]));
        if (_dirty.Count == 0)
        {
            return ruleset;
        }

        var chains = ruleset.Chains.ToBuilder();
        var sets = ruleset.Sets.ToBuilder();
        var used = new List<StaleProfile>(_dirty.Count);
        _inputs.EnsureCapacity(_dirty.Count);
        _bySet.EnsureCapacity(_dirty.Count);
        foreach (var profile in _dirty)
        {
            var stages = _stages[profile];
            if (profile.References == 0)
            {
                Forget(profile);
                foreach (var chain in stages.Chains)
                {
                    chains.Remove(chain.Name);
                    _byChain?.Remove(chain.Name);
                }

                foreach (var (name, _) in stages.Sets)
                {
                    sets.Remove(name);
                    _bySet.Remove(name);
                }

                continue;
            }

            var specs = SpecsOf(profile);
            _inputs.Bind(profile, specs);
            used.Add(new StaleProfile(profile, stages, specs, stages.Chains, stages.Sets));
        }

        CompileStages(used);
        foreach (var (profile, stages, _, oldChains, oldSets) in used)
        {
            if (stages.Defect is not null || !stages.Unasked.IsEmpty)
            {
                _faulty.Add(profile);
            }
            else
            {
                _faulty.Remove(profile);
            }

            foreach (var (name, _) in oldSets)
            {
                if (!stages.Sets.ContainsKey(name))
                {
                    sets.Remove(name);
                    _bySet.Remove(name);
                }
            }

            foreach (var (name, set) in stages.Sets)
            {
                if (!oldSets.TryGetValue(name, out var old) || !ReferenceEquals(old, set))
                {
                    sets[name] = set;
                    _bySet[name] = profile;
                }
            }

            foreach (var chain in oldChains)
            {
                if (!stages.Chains.Any(one => one.Name == chain.Name))
                {
                    chains.Remove(chain.Name);
                    _byChain?.Remove(chain.Name);
                }
            }

            foreach (var chain in stages.Chains)
            {
                chains[chain.Name] = chain; // an equal one leaves what is there, so that "nothing changed" can be seen at a glance
                if (_byChain is not null)
                {
                    _byChain[chain.Name] = profile;
                }
            }
        }

        _dirty.Clear();
        if (!Domains.SetEquals(_inputs.Domains))
        {
            Domains = [.. _inputs.Domains];
        }

        var (newChains, newSets) = (chains.ToImmutable(), sets.ToImmutable());
        return ReferenceEquals(newChains, ruleset.Chains) && ReferenceEquals(newSets, ruleset.Sets)
            ? ruleset
            : ruleset with { Chains = newChains, Sets = newSets };
    }

    /// <summary>Many at once, as after the first lists, or large ones, as when a policy for many changes, on all processors: a profile's
    /// stages are its own, and what they look at beside (policies, who selects whom, who has an address, what names stand for)
    /// nobody changes meanwhile.</summary>
    private static void CompileStages(List<StaleProfile> profiles)
    {
        if (profiles.Count > 1 && profiles.Sum(profile => profile.Stages.Work) >= MuchWork)
        {
            Parallel.For(0, profiles.Count, i => profiles[i].Stages.Compile(profiles[i].Policies));
            return;
        }

        foreach (var profile in profiles)
        {
            profile.Stages.Compile(profile.Policies);
        }
    }

    private void Stale(IEnumerable<Profile> profiles, Action<ProfileStages> note)
    {
        foreach (var profile in profiles)
        {
            note(_stages[profile]);
            _dirty.Add(profile);
        }
    }

    private PolicySpec[] SpecsOf(Profile profile)
    {
        var specs = new PolicySpec[profile.Policies.Length];
        for (var i = 0; i < specs.Length; i++)
        {
            specs[i] = policies[profile.Policies[i]];
        }

        return specs;
    }

    private static bool NamesNodes(PolicySpec policy, Direction direction) =>
        policy.Rules(direction)?.Rules.Items.Any(rule => rule.Peers.Items.Any(peer => peer is PeerSpec.Nodes)) == true;

    private static bool NamesServices(PolicySpec policy, Direction direction, IReadOnlySet<NamespacedName> services) =>
        policy.Rules(direction)?.Rules.Items.Any(rule => rule.Peers.Items.Concat(rule.Own.Items)
            .Any(peer => peer is PeerSpec.Service service && services.Contains(service.Name))) == true;

    private void Forget(Profile profile)
    {
        _inputs.Remove(profile);
        _profiles.Remove(profile.Identity);
        _names.Remove(profile.ChainName);
        _stages.Remove(profile);
        _faulty.Remove(profile);
    }

    /// <summary>A profile that is to be compiled.</summary>
    /// <param name="Profile">The profile.</param>
    /// <param name="Stages">Its stages.</param>
    /// <param name="Policies">Its policies.</param>
    /// <param name="Chains">Those of before.</param>
    /// <param name="Sets">Likewise.</param>
    private readonly record struct StaleProfile(
        Profile Profile, ProfileStages Stages, PolicySpec[] Policies, ImmutableArray<Chain> Chains, SmallMap<string, MatchSet> Sets);
}
