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
        Wire.OctetHash.NewSeed() | 1;

    /// <summary>How far a walk over rows fetches ahead: as many cache lines as a processor can wait for at once.</summary>
    public const int RowsAhead = 16;

    private const int RowsForKeys = 1024;

    private readonly ChunkedArray<PrefixRow> _rows = new();
    private readonly RowIndex _index = new();
    private int _firstFree;
    private int _endOfKeys = 1;

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

    /// <summary>Reads the next prefix of an NLRI field and finds its row.</summary>
    /// <param name="nlri">Of the table's family.</param>
    /// <param name="row">The row, or 0.</param>
    /// <param name="pathId">Its path identifier; 0 where there are none.</param>
    /// <returns>False at the end of the field.</returns>
    public abstract bool TryFind(ref NlriCursor nlri, out int row, out uint pathId);

    /// <summary>The same; the row is made when it is not there.</summary>
    public abstract bool TryFindOrAdd(ref NlriCursor nlri, out int row, out uint pathId);

    /// <summary>The prefix of a row in use.</summary>
    public abstract Prefix PrefixOf(int row);

    /// <summary>Writes the prefix of a row as NLRI.</summary>
    public abstract void WriteNlri(int row, ref WireWriter writer);

    /// <summary>Fetches what <see cref="FindOrAdd"/> will need for the prefixes of an NLRI field; a hint.</summary>
    public abstract void Prefetch(ReadOnlySpan<byte> nlri, bool hasPathIds);

    /// <summary>Fetches what <see cref="Remove"/> will need; a hint. Rows that are not there do not matter.</summary>
    public void PrefetchRow(int row)
    {
        if (row < _rows.End)
        {
            _index.Prefetch(HashOf(row));
        }
    }

    /// <summary>Frees a row that has no paths.</summary>
    public void Remove(int row)
    {
        _index.Remove(HashOf(row), row);
        _rows[row] = new PrefixRow { FirstPath = _firstFree };
        _firstFree = row;
        Count--;
    }

    /// <summary>Where rows are found by hash.</summary>
    protected RowIndex Index => _index;

    /// <summary>Hash of a row's key.</summary>
    protected abstract uint HashOf(int row);

    /// <summary>Hashes of the keys of rows that follow each other.</summary>
    protected abstract void HashesOf(int first, Span<uint> hashes);

    /// <summary>Makes room for the keys of rows.</summary>
    protected abstract void EnsureKeys(int end);

    /// <summary>Takes a row whose key the caller sets, and enters it where its search ended.</summary>
    /// <returns>The row; call <see cref="GrowIfCrowded"/> when the key is set.</returns>
    protected int AddRow(in RowIndex.Search search)
    {
        var row = _firstFree;
        if (row == 0)
        {
            row = _rows.Add();
            if (row >= _endOfKeys)
            {
                _endOfKeys = row + RowsForKeys;
                EnsureKeys(_endOfKeys);
            }
        }
        else
        {
            _firstFree = _rows[row].FirstPath;
        }

        _rows[row] = new PrefixRow { InUse = true };
        _index.Enter(search, row);
        Count++;
        return row;
    }

    /// <summary>Makes room in the index for another row.</summary>
    protected void GrowIfCrowded()
    {
        if (!_index.IsCrowded)
        {
            return;
        }

        // Rows are fetched ahead in groups: each is somewhere else in the index.
        _index.Clear(_rows.End);
        Span<uint> hashes = stackalloc uint[RowsAhead];
        for (var first = 1; first < _rows.End; first += RowsAhead)
        {
            hashes = hashes[..Math.Min(RowsAhead, _rows.End - first)];
            HashesOf(first, hashes);
            foreach (var hash in hashes)
            {
                _index.Prefetch(hash);
            }

            for (var i = 0; i < hashes.Length; i++)
            {
                if (_rows[first + i].InUse)
                {
                    _index.EnterAnew(hashes[i], first + i);
                }
            }
        }
    }
}
