using System.Collections.Immutable;
using Routing.Bgp.Wire.Messages;

namespace Routing.Bgp.Speaker;

/// <summary>Outbound route filters on prefixes (RFC 5291, RFC 5292): who receives routes tells the sender which, and spares
/// both the rest.</summary>
public sealed record OutboundFilterOptions
{
    /// <summary>Honour what the neighbour says it wants.</summary>
    public bool Receive { get; init; }

    /// <summary>Tell the neighbour what we want; all families that have no entry here are left as they are.</summary>
    public ImmutableArray<WantedPrefix> Send { get; init; } = [];

    /// <summary>As they go over the wire, with room between the sequence numbers.</summary>
    internal ImmutableArray<PrefixOrf> Entries =>
    [
        .. Send.Select((entry, i) => new PrefixOrf(
            PrefixOrfAction.Add,
            !entry.Wanted,
            (uint)(i + 1) * 5,
            (byte)entry.MinLength,
            (byte)entry.MaxLength,
            entry.Prefix)),
    ];

    /// <summary>By value.</summary>
    public bool Equals(OutboundFilterOptions? other) =>
        other is not null && Receive == other.Receive && Send.AsSpan().SequenceEqual(other.Send.AsSpan());

    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(Receive, Send.Length);
}
