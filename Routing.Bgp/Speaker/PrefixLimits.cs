using System.Collections.Immutable;
using Routing.Bgp.Rib;

namespace Routing.Bgp.Speaker;

/// <summary>What a neighbour may cost: prefixes, and what is in an UPDATE.</summary>
public sealed record PrefixLimits
{
    /// <summary>Limits by family; a family without one is not limited.</summary>
    public ImmutableArray<PrefixLimit> Families { get; init; } = [];

    /// <summary>How long a session stays down that a limit has ended; null until an operator resets it.</summary>
    public TimeSpan? RestartTime { get; init; }

    /// <summary>Most path attributes of an UPDATE; more treat it as a withdrawal.</summary>
    public int MaximumAttributes { get; init; } = byte.MaxValue;

    /// <summary>By value, also over the families.</summary>
    public bool Equals(PrefixLimits? other) =>
        other is not null && Families.SequenceEqual(other.Families) && RestartTime == other.RestartTime
        && MaximumAttributes == other.MaximumAttributes;

    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(Families.Length, RestartTime, MaximumAttributes);
}
