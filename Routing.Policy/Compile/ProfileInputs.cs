using System.Collections.Immutable;
using System.Runtime.InteropServices;
using Routing.Policy.Model;
using Routing.Policy.Selectors;

namespace Routing.Policy.Compile;

/// <summary>Which profiles look at a policy, at the members of a selection, at what a domain name stands for: those that change with
/// it.</summary>
/// <param name="index">Where selections are held for them.</param>
internal sealed class ProfileInputs(SelectorIndex index)
{
    private readonly Dictionary<PolicyKey, SmallSet<Profile>> _byPolicy = [];
    private readonly Dictionary<SelectedPods, SmallSet<Profile>> _bySelection = [];
    private readonly Dictionary<DomainPattern, SmallSet<Profile>> _byDomain = [];

    /// <summary>The domain names that some profile looks at.</summary>
    public IReadOnlyCollection<DomainPattern> Domains => _byDomain.Keys;

    /// <summary>Those of a policy.</summary>
    public SmallSet<Profile> Of(PolicyKey policy) => _byPolicy.GetValueOrDefault(policy, []);

    /// <summary>Those that look at a selection.</summary>
    public SmallSet<Profile> Of(SelectedPods selected) => _bySelection.GetValueOrDefault(selected, []);

    /// <summary>Those that look at a name.</summary>
    public SmallSet<Profile> Of(DomainPattern name) => _byDomain.GetValueOrDefault(name, []);

    /// <summary>So many profiles are about to be bound.</summary>
    public void EnsureCapacity(int profiles) => _bySelection.EnsureCapacity(profiles);

    /// <summary>A profile comes; what it looks at beside its policies, <see cref="Bind"/> says.</summary>
    public void Add(Profile profile)
    {
        foreach (var policy in profile.Policies)
        {
            File(_byPolicy, policy, profile);
        }
    }

    /// <summary>It goes.</summary>
    public void Remove(Profile profile)
    {
        Unbind(profile, [.. profile.Peers.Keys]);
        BindDomains(profile, []);
        foreach (var policy in profile.Policies)
        {
            Unfile(_byPolicy, policy, profile);
        }
    }

    /// <summary>Holds exactly the selections and the domain names that the profile's rules look at now.</summary>
    public void Bind(Profile profile, PolicySpec[] specs)
    {
        var hadPeers = profile.Peers.Count > 0;
        var domains = ImmutableHashSet<DomainPattern>.Empty;
        foreach (var spec in specs)
        {
            foreach (var rule in spec.Rules(profile.Direction)!.Rules)
            {
                foreach (var peer in rule.Peers)
                {
                    domains = peer is PeerSpec.Domains named ? domains.Union(named.Names) : domains;
                }

                foreach (var selection in RuleSelections.Of(rule, profile.Side))
                {
                    Hold(profile, selection);
                }
            }
        }

        if (hadPeers)
        {
            var wanted = specs.SelectMany(spec => spec.Rules(profile.Direction)!.Rules.Items)
                .SelectMany(rule => RuleSelections.Of(rule, profile.Side)).ToHashSet();
            Unbind(profile, [.. profile.Peers.Keys.Where(selection => !wanted.Contains(selection))]);
        }

        BindDomains(profile, domains);
    }

    private void Hold(Profile profile, PodSelection selection)
    {
        if (!profile.Peers.ContainsKey(selection))
        {
            var selected = index.Acquire(selection);
            profile.Peers.Add(selection, selected);
            File(_bySelection, selected, profile);
        }
    }

    private void BindDomains(Profile profile, ImmutableHashSet<DomainPattern> names)
    {
        foreach (var name in names.Except(profile.Domains))
        {
            File(_byDomain, name, profile);
        }

        foreach (var name in profile.Domains.Except(names))
        {
            Unfile(_byDomain, name, profile);
        }

        profile.Domains = names;
    }

    private void Unbind(Profile profile, List<PodSelection> selections)
    {
        foreach (var selection in selections)
        {
            profile.Peers.Remove(selection, out var selected);
            Unfile(_bySelection, selected!, profile);
            index.Release(selected!);
        }
    }

    private static void File<TKey>(Dictionary<TKey, SmallSet<Profile>> files, TKey key, Profile profile)
        where TKey : notnull
    {
        ref var file = ref CollectionsMarshal.GetValueRefOrAddDefault(files, key, out _);
        (file ??= []).Add(profile);
    }

    private static void Unfile<TKey>(Dictionary<TKey, SmallSet<Profile>> files, TKey key, Profile profile)
        where TKey : notnull
    {
        if (files.TryGetValue(key, out var file) && file.Remove(profile) && file.Count == 0)
        {
            files.Remove(key);
        }
    }
}
