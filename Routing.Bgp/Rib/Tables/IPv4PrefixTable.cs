using System.Buffers.Binary;
using System.Runtime.CompilerServices;
using Routing.Bgp.Wire;
using Routing.Bgp.Wire.Iana;
using Routing.Bgp.Wire.Nlri;

namespace Routing.Bgp.Rib.Tables;

/// <summary>IPv4 keys of 8 octets: the address in the high 32 bits, the length in the low ones.</summary>
internal sealed class IPv4PrefixTable() : PrefixTable(AfiSafi.IPv4Unicast)
{
    private readonly ChunkedArray<ulong> _keys = new();

    /// <inheritdoc/>
    public override int Find(Prefix prefix)
    {
        var key = KeyOf(prefix);
        return Find(key, out _);
    }

    /// <inheritdoc/>
    public override int FindOrAdd(Prefix prefix) => FindOrAdd(KeyOf(prefix));

    /// <inheritdoc/>
    public override bool TryFind(ref NlriCursor nlri, out int row, out uint pathId)
    {
        row = 0;
        if (!nlri.TryReadIPv4(out var key, out pathId))
        {
            return false;
        }

        row = Find(key, out _);
        return true;
    }

    /// <inheritdoc/>
    public override bool TryFindOrAdd(ref NlriCursor nlri, out int row, out uint pathId)
    {
        row = 0;
        if (!nlri.TryReadIPv4(out var key, out pathId))
        {
            return false;
        }

        row = FindOrAdd(key);
        return true;
    }

    /// <inheritdoc/>
    public override void Prefetch(ReadOnlySpan<byte> nlri, bool hasPathIds)
    {
        var cursor = new NlriCursor(AfiSafi.IPv4Unicast, nlri, hasPathIds);
        while (cursor.TryReadIPv4(out var key, out _))
        {
            Index.Prefetch(Hash(key));
        }
    }

    /// <inheritdoc/>
    public override Prefix PrefixOf(int row) =>
        Prefix.CreateIPv4((uint)(_keys[row] >> 32), (int)(_keys[row] & 0xFF));

    /// <inheritdoc/>
    public override void WriteNlri(int row, ref WireWriter writer)
    {
        var key = _keys[row];
        Span<byte> address = stackalloc byte[sizeof(ulong)];
        BinaryPrimitives.WriteUInt64BigEndian(address, key);
        var length = (byte)key;
        writer.WriteByte(length);
        writer.WriteOctets(address[..((length + 7) >> 3)]);
    }

    /// <inheritdoc/>
    protected override uint HashOf(int row) => Hash(_keys[row]);

    /// <inheritdoc/>
    protected override void HashesOf(int first, Span<uint> hashes)
    {
        for (var i = 0; i < hashes.Length; i++)
        {
            hashes[i] = Hash(_keys[first + i]);
        }
    }

    /// <inheritdoc/>
    protected override void EnsureKeys(int end) => _keys.EnsureEnd(end);

    private static ulong KeyOf(Prefix prefix) => (prefix.Bits.Low << 32) | prefix.Length;

    /// <summary>Both halves of the product: a /24's low octet is zero, and so would be the low bits of the low half, which
    /// choose the bucket.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static uint Hash(ulong key)
    {
        var high = Math.BigMul(key, HashMultiplier, out var low);
        return (uint)(high ^ (low >> 32));
    }

    private int FindOrAdd(ulong key)
    {
        var row = Find(key, out var search);
        if (row == 0)
        {
            row = AddRow(search);
            _keys[row] = key;
            GrowIfCrowded();
        }

        return row;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private int Find(ulong key, out RowIndex.Search search)
    {
        search = Index.Find(Hash(key));
        while (Index.TryNext(ref search, out var row))
        {
            if (_keys[row] == key)
            {
                return row;
            }
        }

        return 0;
    }
}
