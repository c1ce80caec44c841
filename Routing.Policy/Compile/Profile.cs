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
    private readonly string _identity;
    private readonly FrozenDictionary<(PolicyKey Policy, int Rule), IpFamilies> _own;

    /// <param name="side">Which packets.</param>
    /// <param name="policies">In order of their keys.</param>
    /// <param name="ownPorts">What the names of ports mean on the pods of this profile, where rules name the pod's own: the
    /// destination's for ingress, the source's for egress.</param>
    /// <param name="own">For rules, by place, with conditions on the pod itself: the IP versions for which they
    /// hold.</param>
    /// <param name="isStaged">It counts what it would deny, and denies nothing.</param>
    /// <param name="staged">Such a profile, which what this one allows is put to; null for none.</param>
    /// <param name="identity">Of all of these, see <see cref="Identity"/>.</param>
    public Profile(
        ProfileSide side, ImmutableArray<PolicyKey> policies, ImmutableArray<NamedPort> ownPorts,
        ImmutableArray<(PolicyKey Policy, int Rule, IpFamilies Families)> own, bool isStaged, Profile? staged, string identity)
    {
        (Side, Policies, OwnPorts, IsStaged, Staged) = (side, policies, ownPorts, isStaged, staged);
        _own = own.ToFrozenDictionary(one => (one.Policy, one.Rule), one => one.Families); // mostly the one empty one
        _identity = identity;
        ChainName = Names.Profile(Direction, _identity);
    }

    public ProfileSide Side { get; }

    public Direction Direction => Side.Direction;

    public ImmutableArray<PolicyKey> Policies { get; }

    public ImmutableArray<NamedPort> OwnPorts { get; }

    /// <summary>True for a profile of policies as they would be with the staged ones enforced: it counts and reports what it
    /// would deny, and lets it pass.</summary>
    public bool IsStaged { get; }

    /// <summary>The profile that what this one allows is put to, held by whoever holds this one; null for none.</summary>
    public Profile? Staged { get; }

    /// <summary>Equal for profiles that are one.</summary>
    public string Key => _identity;

    /// <summary>The name of the first chain, made from the identity.</summary>
    public string ChainName { get; }

    /// <summary>The selections its rules look at, held while the profile lives.</summary>
    public Dictionary<PodSelection, SelectedPods> Peers { get; } = [];

    /// <summary>The domain names in its rules, likewise.</summary>
    public HashSet<DomainPattern> Domains { get; } = [];

    /// <summary>How many endpoints use it.</summary>
    public int References { get; set; }

    /// <summary>The chain of a stage.</summary>
    public string ChainOf(int stage) => stage == 0 ? ChainName : $"{ChainName}-{stage}";

    /// <summary>The chain of what is logged before a stage.</summary>
    public string LogChainOf(int stage) => $"{ChainName}-l{stage}";

    /// <summary>The chain of a stage behind the question whether its rule is about the packet's own end.</summary>
    public string AskedChainOf(int stage) => $"{ChainOf(stage)}-o";

    /// <summary>What the names of that question's sets begin with.</summary>
    public string StemOfOwn(int stage) => Names.Profile(Direction, $"{_identity}\nown {stage}");

    /// <summary>What the names of a stage's sets begin with. A digest for all but the first, since a number would make them
    /// longer than ipset takes.</summary>
    public string StemOf(int stage, bool logs) => stage == 0 && !logs
        ? ChainName
        : Names.Profile(Direction, $"{_identity}\n{(logs ? "log" : "stage")} {stage}");

    /// <summary>The IP versions that a rule is about on this profile's pods.</summary>
    public IpFamilies FamiliesOf(PolicyKey policy, int place, RuleSpec rule) =>
        (rule.Family?.AsSet() ?? IpFamilies.Both)
        & (rule.Own.Count == 0 || Side.AsksOwnEnd ? IpFamilies.Both : _own.GetValueOrDefault((policy, place)));

    /// <summary>Two profiles with the same identity are one.</summary>
    public static string Identity(
        ProfileSide side, ImmutableArray<PolicyKey> policies, ImmutableArray<NamedPort> ownPorts,
        ImmutableArray<(PolicyKey Policy, int Rule, IpFamilies Families)> own, bool isStaged, Profile? staged) =>
        string.Join('\n', [
            side.ToString(),
            .. policies.Select(policy => policy.ToString()),
            .. ownPorts.Select(port => $"{port.Name}/{port.Protocol}={port.Number}"),
            .. own.Select(one => $"{one.Policy}[{one.Rule}]={(int)one.Families}"),
            .. isStaged ? ["staged"] : Array.Empty<string>(),
            .. staged is null ? [] : new[] { $"then {staged.ChainName}" }]);
}
