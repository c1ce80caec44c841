using System.Collections.Immutable;
using Routing.Bgp.Wire.Messages;
using Routing.Bgp.Wire.Nlri;

namespace Routing.Bgp.Rib.Export;

/// <summary>The routes that a peer has said it wants (RFC 5292 §3): of the entries that match a prefix the one with the
/// lowest sequence decides; a prefix that none matches is not wanted. A part of the <see cref="ExportKey"/>, so peers that
/// want the same share an update group.</summary>
/// <param name="Entries">In ascending order of sequence; at least one.</param>
internal sealed record PeerFilter(ImmutableArray<PrefixOrf> Entries)
{
    /// <summary>True when the peer wants routes to the prefix.</summary>
    public bool Wants(Prefix prefix)
    {
        foreach (ref readonly var entry in Entries.AsSpan())
        {
            if (entry.Matches(prefix))
            {
                return !entry.IsDeny;
            }
        }

        return false;
    }

    /// <summary>By value.</summary>
    public bool Equals(PeerFilter? other) => other is not null && Entries.AsSpan().SequenceEqual(other.Entries.AsSpan());

    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(Entries.Length, Entries[0]);
}
