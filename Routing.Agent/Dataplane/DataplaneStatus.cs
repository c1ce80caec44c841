using System.Collections.Immutable;

namespace Routing.Agent.Dataplane;

/// <summary>A snapshot of the <see cref="DataplaneLoop"/> for status, health and metrics.</summary>
internal sealed record DataplaneStatus
{
    /// <summary>Kinds whose first full list has not arrived; nothing is changed in the kernel before.</summary>
    public ImmutableArray<PolicyInput> Missing { get; init; } = PolicyInputs.All;

    /// <summary>Kinds of which the API server does not tell for now; what it told last counts.</summary>
    public ImmutableArray<PolicyInput> Away { get; init; } = [];

    /// <summary>The kernel holds the ruleset made from complete inputs: this agent's rules are in force.</summary>
    public bool InForce { get; init; }

    /// <summary>An earlier agent's rules were found in the kernel and still stand there, and so do pods that it attached.</summary>
    public bool EarlierStand { get; init; }

    /// <summary>Pods go on by an earlier agent's rules, because this one's have been refused so far.</summary>
    public bool GoesOnByEarlier => this is { Missing.IsEmpty: true, InForce: false, EarlierStand: true, LastError: not null };

    /// <summary>Transactions committed since the start.</summary>
    public uint Applies { get; init; }

    /// <summary>Transactions the kernel refused since the start.</summary>
    public uint Failures { get; init; }

    /// <summary>The kernel has refused so often in a row that somebody has to look: what stood is kept, nothing new comes in.</summary>
    public bool IsStuck { get; init; }

    /// <summary>Rulesets the verifier refused since the start.</summary>
    public uint Disagreements { get; init; }

    /// <summary>The refusal, of the kernel or the verifier, that still stands; or null.</summary>
    public string? LastError { get; init; }

    /// <summary>When the last transaction was committed, or null.</summary>
    public DateTimeOffset? LastApply { get; init; }

    /// <summary>How long compiling and committing it took.</summary>
    public TimeSpan LastApplyDuration { get; init; }

    /// <summary>Pods' interfaces that are known here.</summary>
    public int Endpoints { get; init; }
}
