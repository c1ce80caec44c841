using System.Collections.Immutable;
using System.Diagnostics.CodeAnalysis;
using System.Text;
using Routing.Bgp.Wire;

namespace Routing.Bgp.Mrt;

/// <summary>PEER_INDEX_TABLE (RFC 6396 §4.3.1): who the numbers in the records after it are.</summary>
/// <param name="Collector">BGP Identifier of whoever wrote the dump, host order.</param>
/// <param name="ViewName">A name for the table; may be empty.</param>
/// <param name="Peers">By index.</param>
internal sealed record PeerIndexTable(uint Collector, string ViewName, ImmutableArray<MrtPeer> Peers)
{
    /// <summary>Most octets that <see cref="Encode"/> writes.</summary>
    public int MaxEncodedLength =>
        MrtHeader.Length + 4 + 2 + Encoding.UTF8.GetMaxByteCount(ViewName.Length) + 2
        + (Peers.Length * MrtPeer.MaxEncodedLength);

    /// <summary>Writes the whole record.</summary>
    public void Encode(ref WireWriter writer, DateTimeOffset time)
    {
        var start = MrtHeader.Begin(ref writer, time, MrtType.TableDumpV2, (ushort)TableDumpSubtype.PeerIndexTable);
        var name = Encoding.UTF8.GetBytes(ViewName);
        writer.WriteUInt32(Collector);
        writer.WriteUInt16(checked((ushort)name.Length));
        writer.WriteOctets(name);
        writer.WriteUInt16(checked((ushort)Peers.Length));
        foreach (var peer in Peers)
        {
            peer.Encode(ref writer);
        }

        MrtHeader.End(ref writer, start);
    }

    /// <summary>Reads the body of a record.</summary>
    public static bool TryDecode(ReadOnlySpan<byte> body, [NotNullWhen(true)] out PeerIndexTable? table)
    {
        table = null;
        var reader = new WireReader(body);
        if (!reader.TryReadUInt32(out var collector) || !reader.TryReadUInt16(out var nameLength)
            || !reader.TryReadOctets(nameLength, out var name) || !reader.TryReadUInt16(out var count))
        {
            return false;
        }

        var peers = ImmutableArray.CreateBuilder<MrtPeer>();
        for (var i = 0; i < count; i++)
        {
            if (MrtPeer.Decode(ref reader) is not { } peer)
            {
                return false;
            }

            peers.Add(peer);
        }

        table = new PeerIndexTable(collector, Encoding.UTF8.GetString(name), peers.DrainToImmutable());
        return true;
    }

    /// <summary>By value, also over the peers.</summary>
    public bool Equals(PeerIndexTable? other) => other is not null && Collector == other.Collector
        && ViewName == other.ViewName && Peers.AsSpan().SequenceEqual(other.Peers.AsSpan());

    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(Collector, ViewName, Peers.Length);
}
