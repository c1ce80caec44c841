namespace Routing.Agent.Flows;

/// <summary>A snapshot of the <see cref="FlowLoop"/>.</summary>
internal sealed record FlowStatus
{
    /// <summary>True while packets can arrive.</summary>
    public bool IsReceiving { get; init; }

    /// <summary>Why none can; null while they can, and before it was tried.</summary>
    public string? Problem { get; init; }

    /// <summary>Packets that the kernel had no room for.</summary>
    public long Lost { get; init; }

    /// <summary>Packets of more flows than a window has room for.</summary>
    public long Overflowed { get; init; }
}
