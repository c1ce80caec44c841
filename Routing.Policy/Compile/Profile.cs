using System.Collections.Immutable;
using Routing.Policy.Model;
using Routing.Policy.Selectors;

namespace Routing.Policy.Compile;

/// <summary>What pods with the same policies in one direction share: a chain and its sets. Pods whose policies name
/// ports share it only when the names mean the same numbers there.</summary>
internal sealed class Profile
{
    private readonly string _identity;

    /// <param name="direction">Whose rules.</param>
    /// <param name="policies">In order of their keys.</param>
    /// <param name="ownPorts">What the named ports of ingress rules mean on the pods of this profile; empty for egress,
    /// where each peer has its own.</param>
    public Profile(Direction direction, ImmutableArray<PolicyKey> policies, ImmutableArray<NamedPort> ownPorts)
    {
        Direction = direction;
        Policies = policies;
        OwnPorts = ownPorts;
        _identity = Identity(direction, policies, ownPorts);
        ChainName = Names.Profile(direction, _identity);
    }

    public Direction Direction { get; }

    public ImmutableArray<PolicyKey> Policies { get; }

    public ImmutableArray<NamedPort> OwnPorts { get; }

    /// <summary>The name of the first chain, made from the identity.</summary>
    public string ChainName { get; }

    /// <summary>The selections its rules look at, held while the profile lives.</summary>
    public Dictionary<PodSelection, SelectedPods> Peers { get; } = [];

    /// <summary>The chains it has in the ruleset now.</summary>
    public ImmutableArray<string> ChainNames { get; set; } = [];

    /// <summary>The sets it has in the ruleset now.</summary>
    public ImmutableArray<string> SetNames { get; set; } = [];

    /// <summary>How many endpoints use it.</summary>
    public int References { get; set; }

    /// <summary>The chain of a tier, by its position in the profile.</summary>
    public string ChainOf(int position) => position == 0 ? ChainName : $"{ChainName}-{position}";

    /// <summary>What the names of the sets of a run begin with. A digest each, since a number would make them longer than
    /// ipset takes.</summary>
    public string StemOf(int run) => run == 0 ? ChainName : Names.Profile(Direction, $"{_identity}\nrun {run}");

    /// <summary>Two profiles with the same identity are one.</summary>
    public static string Identity(
        Direction direction, ImmutableArray<PolicyKey> policies, ImmutableArray<NamedPort> ownPorts) =>
        string.Join('\n', [
            direction.ToString(),
            .. policies.Select(policy => policy.ToString()),
            .. ownPorts.Select(port => $"{port.Name}/{port.Protocol}={port.Number}")]);
}
