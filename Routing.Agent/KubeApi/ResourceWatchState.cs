using System.Collections.Immutable;

namespace Routing.Agent.KubeApi;

/// <summary>Whether a watch follows the API server at this moment; for status output and health.</summary>
/// <param name="Connected">A watch stream is open. False until the first list is delivered.</param>
/// <param name="Synced">At least one full list was delivered, so the consumer's state is real, if possibly old.</param>
/// <param name="Since">When <paramref name="Connected"/> last changed.</param>
/// <param name="LastError">Why the last connection ended, or null.</param>
public sealed record ResourceWatchState(bool Connected, bool Synced, DateTimeOffset Since, string? LastError)
{
    /// <summary>False for an optional kind that the cluster does not define: there are no objects of it.</summary>
    public bool IsDefined { get; init; } = true;

    /// <summary>Names of the objects of which something cannot be read.</summary>
    public ImmutableSortedSet<string> Unreadable { get; init; } = ImmutableSortedSet.Create<string>(StringComparer.Ordinal);
}
