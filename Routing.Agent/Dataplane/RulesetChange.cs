namespace Routing.Agent.Dataplane;

/// <summary>What one <see cref="IRulesetApplier.Apply"/> did, for logs and metrics.</summary>
/// <param name="ObjectsAdded">Chains, sets and maps that came.</param>
/// <param name="ObjectsRemoved">Chains, sets and maps that went.</param>
/// <param name="ElementsAdded">Set and map elements that came.</param>
/// <param name="ElementsRemoved">Set and map elements that went.</param>
/// <param name="RulesWritten">Rules that were written.</param>
public readonly record struct RulesetChange(
    int ObjectsAdded, int ObjectsRemoved, int ElementsAdded, int ElementsRemoved, int RulesWritten)
{
    /// <summary>What somebody else had changed of ours and is as wanted again, in words; null when nobody had.</summary>
    public string? Repaired { get; init; }

    /// <summary>True when the kernel already held what was wanted and no batch was sent.</summary>
    public bool IsEmpty => this == default;
}
