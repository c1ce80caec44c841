using System.Collections.Immutable;
using Routing.Policy.Model;
using Routing.Policy.Selectors;

namespace Routing.Policy.Compile;

/// <summary>What pods with the same policies in one direction share: a chain and its sets. Pods whose policies name
/// ports share it only when the names mean the same numbers there.</summary>
internal sealed class Profile
{
    /// <param name="direction">Whose rules.</param>
    /// <param name="policies">In order of their keys.</param>
    /// <param name="ownPorts">What the named ports of ingress rules mean on the pods of this profile; empty for egress,
    /// where each peer has its own.</param>
    public Profile(Direction direction, ImmutableArray<PolicyKey> policies, ImmutableArray<NamedPort> ownPorts)
    {
        Direction = direction;
        Policies = policies;
        OwnPorts = ownPorts;
        ChainName = Names.Profile(direction, Identity(direction, policies, ownPorts));
    }

    public Direction Direction { get; }

    public ImmutableArray<PolicyKey> Policies { get; }

    public ImmutableArray<NamedPort> OwnPorts { get; }

    /// <summary>The chain's name, made from the identity.</summary>
    public string ChainName { get; }

    /// <summary>The selections its rules look at, held while the profile lives.</summary>
    public Dictionary<PodSelection, SelectedPods> Peers { get; } = [];

    /// <summary>The sets it has in the ruleset now.</summary>
    public ImmutableArray<string> SetNames { get; set; } = [];

    /// <summary>How many endpoints use it.</summary>
    public int References { get; set; }

    /// <summary>Two profiles with the same identity are one.</summary>
    public static string Identity(
        Direction direction, ImmutableArray<PolicyKey> policies, ImmutableArray<NamedPort> ownPorts) =>
        string.Join('\n', [
            direction.ToString(),
            .. policies.Select(policy => policy.ToString()),
            .. ownPorts.Select(port => $"{port.Name}/{port.Protocol}={port.Number}")]);
}
