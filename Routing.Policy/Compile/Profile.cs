using System.Collections.Frozen;
using System.Collections.Immutable;
using Routing.Policy.Model;
using Routing.Policy.Selectors;

namespace Routing.Policy.Compile;

/// <summary>What pods with the same policies in one direction share: chains and their sets. Pods whose policies name
/// ports share it only when the names mean the same numbers there, and those whose policies' rules have conditions on the pod
/// itself only when these come out the same.</summary>
internal sealed class Profile
{
    private readonly FrozenDictionary<(PolicyKey Policy, int Rule), IpFamilies> _own;

    /// <param name="identity">What makes it this one.</param>
    /// <param name="isTaken">True for the name of another profile's chain.</param>
    public Profile(ProfileIdentity identity, Predicate<string> isTaken)
    {
        Identity = identity;
        _own = identity.Own.Count == 0
            ? FrozenDictionary<(PolicyKey Policy, int Rule), IpFamilies>.Empty
            : identity.Own.Items.ToFrozenDictionary(one => (one.Policy, one.Rule), one => one.Families);
        ChainName = Names.Profile(Direction, identity.ToString(), isTaken);
    }

    /// <summary>Two profiles of which it is equal are one.</summary>
    public ProfileIdentity Identity { get; }

    public ProfileSide Side => Identity.Side;

    public Direction Direction => Side.Direction;

    public ImmutableArray<PolicyKey> Policies => Identity.Policies.Items;

    public ImmutableArray<NamedPort> OwnPorts => Identity.OwnPorts.Items;

    /// <summary>True for a profile of policies as they would be with the staged ones enforced: it counts and reports what it
    /// would deny, and lets it pass.</summary>
    public bool IsStaged => Identity.IsStaged;

    /// <summary>The profile that what this one allows is put to, held by whoever holds this one; null for none.</summary>
    public Profile? Staged => Identity.Staged;

    /// <summary>The name of the first chain, made from the identity.</summary>
    public string ChainName { get; }

    /// <summary>The selections its rules look at, held while the profile lives.</summary>
    public SmallMap<PodSelection, SelectedPods> Peers { get; } = new();

    /// <summary>The domain names in its rules, likewise.</summary>
    public ImmutableHashSet<DomainPattern> Domains { get; set; } = [];

    /// <summary>How many endpoints use it.</summary>
    public int References { get; set; }

    /// <summary>The chain of a stage.</summary>
    public string ChainOf(int stage) => stage == 0 ? ChainName : $"{ChainName}-{stage}";

    /// <summary>The chain of what is logged before a stage.</summary>
    public string LogChainOf(int stage) => $"{ChainName}-l{stage}";

    /// <summary>The chain of a stage behind the question whether its rule is about the packet's own end.</summary>
    public string AskedChainOf(int stage) => $"{ChainOf(stage)}-o";

    /// <summary>What the names of that question's sets begin with.</summary>
    public string StemOfOwn(int stage) => Names.Stem(Direction, 'o', stage, ChainName);

    /// <summary>What the names of a stage's sets begin with.</summary>
    public string StemOf(int stage, bool logs) => stage == 0 && !logs ? ChainName : Names.Stem(Direction, logs ? 'l' : 's', stage, ChainName);

    /// <summary>The IP versions that a rule is about on this profile's pods.</summary>
    public IpFamilies FamiliesOf(PolicyKey policy, int place, RuleSpec rule) =>
        (rule.Family?.AsSet() ?? IpFamilies.Both)
        & (rule.Own.Count == 0 || Side.AsksOwnEnd ? IpFamilies.Both : _own.GetValueOrDefault((policy, place)));
}
