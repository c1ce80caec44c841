namespace Routing.Policy.Model;

/// <summary>How a policy fares on this node.</summary>
/// <param name="Policy">The policy.</param>
/// <param name="LocalPods">The pods on this node that it selects, in order of their names.</param>
/// <param name="Types">The directions in which it isolates them.</param>
/// <param name="Problems">What is wrong with it.</param>
public sealed record PolicyStatus(
    PolicyKey Policy,
    EquatableArray<NamespacedName> LocalPods,
    EquatableArray<Direction> Types,
    EquatableArray<Problem> Problems)
{
    /// <summary>The host endpoints of this node that it selects, in order of their names.</summary>
    public EquatableArray<string> LocalHosts { get; init; }

    /// <summary>Where more is denied here than it says, and why.</summary>
    public EquatableArray<string> Faults { get; init; }
}
