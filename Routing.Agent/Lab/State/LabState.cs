using System.Collections.Immutable;

namespace Routing.Agent.Lab.State;

/// <summary>All that a lab has made outside of its own process, in the order it was made: exactly what `lab down` removes.</summary>
public sealed record LabState
{
    /// <summary>The lab's own process.</summary>
    public required ProcessIdentity Owner { get; init; }

    /// <summary>Names under /run/netns; written down before they are made.</summary>
    public ImmutableArray<string> Namespaces { get; init; } = [];

    /// <summary>Children.</summary>
    public ImmutableArray<LabProcessRecord> Processes { get; init; } = [];

    /// <summary>Mounts besides those of the namespaces: /run/netns, where it was not shared yet.</summary>
    public ImmutableArray<string> Mounts { get; init; } = [];

    /// <summary>Folders outside of the lab's own that were missing, as /run/netns on a fresh machine; removed when empty.</summary>
    public ImmutableArray<string> Folders { get; init; } = [];
}
