using System.Buffers.Binary;
using Routing.Bgp.Wire;
using Routing.Bgp.Wire.Iana;
using Routing.Bgp.Wire.Nlri;

namespace Routing.Bgp.Rib.Tables;

/// <summary>IPv6 keys of 17 octets: the addresses in one array, the lengths in another, so that no padding is stored.</summary>
internal sealed class IPv6PrefixTable() : PrefixTable(AfiSafi.IPv6Unicast)
{
    private readonly ChunkedArray<AddressBits> _addresses = new();
    private readonly ChunkedArray<byte> _lengths = new();

    /// <inheritdoc/>
    public override int Find(Prefix prefix) => Find(prefix, out _);

    /// <inheritdoc/>
    public override int FindOrAdd(Prefix prefix)
    {
        var row = Find(prefix, out var search);
        if (row == 0)
        {
            row = AddRow(search);
            _addresses[row] = prefix.Bits;
            _lengths[row] = prefix.Length;
            GrowIfCrowded();
        }

        return row;
    }

    /// <inheritdoc/>
    public override bool TryFind(ref NlriCursor nlri, out int row, out uint pathId)
    {
        var isRead = nlri.TryRead(out var prefix, out pathId);
        row = isRead ? Find(prefix) : 0;
        return isRead;
    }

    /// <inheritdoc/>
    public override bool TryFindOrAdd(ref NlriCursor nlri, out int row, out uint pathId)
    {
        var isRead = nlri.TryRead(out var prefix, out pathId);
        row = isRead ? FindOrAdd(prefix) : 0;
        return isRead;
    }

    /// <inheritdoc/>
    public override void Prefetch(ReadOnlySpan<byte> nlri, bool hasPathIds)
    {
        var cursor = new NlriCursor(AfiSafi.IPv6Unicast, nlri, hasPathIds);
        while (cursor.TryRead(out var prefix))
        {
            Index.Prefetch(Hash(prefix.Bits, prefix.Length));
        }
    }

    /// <inheritdoc/>
    public override Prefix PrefixOf(int row) => Prefix.CreateIPv6(_addresses[row], _lengths[row]);

    /// <inheritdoc/>
    public override void WriteNlri(int row, ref WireWriter writer)
    {
        Span<byte> address = stackalloc byte[16];
        BinaryPrimitives.WriteUInt64BigEndian(address, _addresses[row].High);
        BinaryPrimitives.WriteUInt64BigEndian(address[sizeof(ulong)..], _addresses[row].Low);
        var length = _lengths[row];
        writer.WriteByte(length);
        writer.WriteOctets(address[..((length + 7) >> 3)]);
    }

    /// <inheritdoc/>
    protected override uint HashOf(int row) => Hash(_addresses[row], _lengths[row]);

    /// <inheritdoc/>
    protected override void HashesOf(int first, Span<uint> hashes)
    {
        for (var i = 0; i < hashes.Length; i++)
        {
            hashes[i] = HashOf(first + i);
        }
    }

    /// <inheritdoc/>
    protected override void EnsureKeys(int end)
    {
        _addresses.EnsureEnd(end);
        _lengths.EnsureEnd(end);
    }

    private static uint Hash(AddressBits address, byte length)
    {
        var folded = Math.BigMul(address.High ^ HashMultiplier, HashMultiplier, out var low) ^ low;
        folded = Math.BigMul(address.Low ^ folded, HashMultiplier + length + length, out low) ^ low;
        return (uint)(folded ^ (folded >> 32));
    }

    private int Find(Prefix prefix, out RowIndex.Search search)
    {
        search = Index.Find(Hash(prefix.Bits, prefix.Length));
        while (Index.TryNext(ref search, out var row))
        {
            if (_addresses[row] == prefix.Bits && _lengths[row] == prefix.Length)
            {
                return row;
            }
        }

        return 0;
    }
}
