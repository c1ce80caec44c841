using System.Runtime.InteropServices;
using System.Security.Cryptography;
using Routing.Bgp.Wire;
using Routing.Bgp.Wire.Iana;
using Routing.Bgp.Wire.Nlri;

namespace Routing.Bgp.Rib.Tables;

/// <summary>The prefixes of one family: a row for each, found by an open-addressing hash over compact integer keys. A
/// row's index is stable for as long as the prefix is there, so journals and views name prefixes by it.</summary>
internal abstract class PrefixTable(AfiSafi family)
{
    /// <summary>Odd and random for each process, so that a peer cannot prepare prefixes that share a bucket.</summary>
    protected static readonly ulong HashMultiplier =
        MemoryMarshal.Read<ulong>(RandomNumberGenerator.GetBytes(sizeof(ulong))) | 1;

    private readonly ChunkedArray<PrefixRow> _rows = new();
    private int[] _buckets = new int[1024];
    private int _firstFree;

    /// <summary>The family.</summary>
    public AfiSafi Family { get; } = family;

    /// <summary>Rows in use.</summary>
    public int Count { get; private set; }

    /// <summary>One past the greatest row index ever used; a walk over all rows goes from 1 to here.</summary>
    public int End => _rows.End;

    /// <summary>The row at an index.</summary>
    public ref PrefixRow this[int row] => ref _rows[row];

    /// <summary>An empty table for a family.</summary>
    public static PrefixTable Create(AfiSafi family) =>
        family == AfiSafi.IPv4Unicast ? new IPv4PrefixTable() : new IPv6PrefixTable();

    /// <summary>The row of a prefix, or 0.</summary>
    public abstract int Find(Prefix prefix);

    /// <summary>The row of a prefix, made when it is not there.</summary>
    public abstract int FindOrAdd(Prefix prefix);

    /// <summary>The prefix of a row in use.</summary>
    public abstract Prefix PrefixOf(int row);

    /// <summary>Writes the prefix of a row as NLRI.</summary>
    public abstract void WriteNlri(int row, ref WireWriter writer);

    /// <summary>Frees a row that has no paths.</summary>
    public void Remove(int row)
    {
        RemoveFromBuckets(row);
        _rows[row] = new PrefixRow { FirstPath = _firstFree };
        _firstFree = row;
        Count--;
    }

    /// <summary>Hash of a row's key.</summary>
    protected abstract uint HashOf(int row);

    /// <summary>Makes room for the key of a row.</summary>
    protected abstract void EnsureKeys(int end);

    /// <summary>First bucket of a hash; 0 in it ends the search.</summary>
    protected int FirstBucket(uint hash) => (int)(hash & (uint)(_buckets.Length - 1));

    /// <summary>The bucket after another.</summary>
    protected int NextBucket(int bucket) => (bucket + 1) & (_buckets.Length - 1);

    /// <summary>The row in a bucket, or 0.</summary>
    protected int RowIn(int bucket) => _buckets[bucket];

    /// <summary>Takes a row whose key the caller sets, and enters it into the empty bucket where its search ended.</summary>
    /// <returns>The row; call <see cref="GrowIfCrowded"/> when the key is set.</returns>
    protected int AddRow(int bucket)
    {
        var row = _firstFree;
        if (row == 0)
        {
            row = _rows.Add();
            EnsureKeys(_rows.End);
        }
        else
        {
            _firstFree = _rows[row].FirstPath;
        }

        _rows[row] = new PrefixRow { InUse = true };
        _buckets[bucket] = row;
        Count++;
        return row;
    }

    /// <summary>Keeps the buckets at most two thirds full.</summary>
    protected void GrowIfCrowded()
    {
        if (Count * 3L <= _buckets.Length * 2L)
        {
            return;
        }

        var old = _buckets;
        _buckets = new int[old.Length * 2];
        foreach (var row in old)
        {
            if (row != 0)
            {
                var bucket = FirstBucket(HashOf(row));
                while (_buckets[bucket] != 0)
                {
                    bucket = NextBucket(bucket);
                }

                _buckets[bucket] = row;
            }
        }
    }

    private void RemoveFromBuckets(int row)
    {
        var mask = _buckets.Length - 1;
        var gap = FirstBucket(HashOf(row));
        while (_buckets[gap] != row)
        {
            gap = NextBucket(gap);
        }

        for (var probe = NextBucket(gap); _buckets[probe] != 0; probe = NextBucket(probe))
        {
            var home = FirstBucket(HashOf(_buckets[probe]));
            if (((probe - home) & mask) >= ((probe - gap) & mask))
            {
                _buckets[gap] = _buckets[probe];
                gap = probe;
            }
        }

        _buckets[gap] = 0;
    }
}
