using System.Collections.Immutable;

namespace Routing.Bgp.Speaker;

/// <summary>What a neighbour has said it wants to be told of a family (RFC 5291).</summary>
/// <param name="Entries">The entries held, in the order in which they decide; without any all is wanted.</param>
public sealed record ReceivedFilterStatus(ImmutableArray<WantedPrefix> Entries)
{
    /// <summary>It has not said anything since the session began, and is told nothing until it does (RFC 5291 §6).</summary>
    public bool IsAwaited { get; init; }

    /// <summary>The last changes do not count yet: it has not asked for the routes that they let through.</summary>
    public bool IsDeferred { get; init; }

    /// <summary>The entries could not be read or were too many; it is told all routes.</summary>
    public bool IsUnusable { get; init; }
}
