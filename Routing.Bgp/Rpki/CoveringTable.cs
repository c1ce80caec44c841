using System.Numerics;
using Routing.Bgp.RoutePolicy;

namespace Routing.Bgp.Rpki;

/// <summary>The validated payloads of one family, immutable, in arrays of integers: 600,000 of them cost some 10 MB and a
/// look-up a handful of cache lines.</summary>
/// <remarks>
/// Rows are the distinct prefixes in order of (address, length); each knows its parent, the longest other one that covers
/// it. All rows that cover a prefix are on the parents' chain of the last row that is not after it: a row in between that
/// did not lie inside the covering one would have to begin before it or after it ends. So a look-up is one binary search,
/// narrowed by the address's first 16 bits, and a walk of a few steps.
/// </remarks>
/// <typeparam name="TAddress">An address as an integer of the family's width.</typeparam>
internal sealed class CoveringTable<TAddress>
    where TAddress : unmanaged, IBinaryInteger<TAddress>
{
    private const int IndexBits = 16;
    private const int NoParent = -1;

    private static readonly unsafe int Width = sizeof(TAddress) * 8;

    private readonly TAddress[] _addresses;
    private readonly byte[] _lengths;
    private readonly int[] _parents;
    private readonly int[] _firsts; // of each row's payloads; one more at the end
    private readonly uint[] _asns;
    private readonly byte[] _maxLengths;
    private readonly int[] _index = new int[(1 << IndexBits) + 1]; // first row whose address begins with these bits, or with more

    /// <param name="payloads">Of this family alone, in order, each once.</param>
    public CoveringTable(ReadOnlySpan<Vrp> payloads)
    {
        var rows = CountRows(payloads);
        _addresses = new TAddress[rows];
        _lengths = new byte[rows];
        _parents = new int[rows];
        _firsts = new int[rows + 1];
        _asns = new uint[payloads.Length];
        _maxLengths = new byte[payloads.Length];
        Fill(payloads);
        Link();
        FillIndex();
    }

    /// <summary>Distinct prefixes.</summary>
    public int RowCount => _addresses.Length;

    /// <summary>Origin validation (RFC 6811 §2).</summary>
    /// <param name="address">The route's prefix: address,</param>
    /// <param name="length">and length.</param>
    /// <param name="origin">The route's origin AS; 0 when it has none, which matches nothing.</param>
    public OriginValidity Validate(TAddress address, byte length, uint origin)
    {
        var validity = OriginValidity.NotFound;
        for (var row = FindCovering(address, length); row != NoParent; row = _parents[row])
        {
            validity = OriginValidity.Invalid;
            for (var i = _firsts[row]; i < _firsts[row + 1]; i++)
            {
                // RFC 6811 §2: a payload of AS 0 matches no route (RFC 6483 §4).
                if (_asns[i] == origin && origin != 0 && length <= _maxLengths[i])
                {
                    return OriginValidity.Valid;
                }
            }
        }

        return validity;
    }

    /// <summary>True when a row covers the prefix.</summary>
    public bool Covers(TAddress address, byte length) => FindCovering(address, length) != NoParent;

    private static int CountRows(ReadOnlySpan<Vrp> payloads)
    {
        var rows = 0;
        for (var i = 0; i < payloads.Length; i++)
        {
            rows += i == 0 || payloads[i].Prefix != payloads[i - 1].Prefix ? 1 : 0;
        }

        return rows;
    }

    private void Fill(ReadOnlySpan<Vrp> payloads)
    {
        var row = -1;
        for (var i = 0; i < payloads.Length; i++)
        {
            if (i == 0 || payloads[i].Prefix != payloads[i - 1].Prefix)
            {
                row++;
                _addresses[row] = TAddress.CreateTruncating(payloads[i].Prefix.Address);
                _lengths[row] = payloads[i].Prefix.Length;
                _firsts[row] = i;
            }

            _asns[i] = payloads[i].Asn;
            _maxLengths[i] = payloads[i].MaxLength;
        }

        _firsts[row + 1] = payloads.Length;
    }

    private void Link()
    {
        for (var row = 0; row < RowCount; row++)
        {
            var parent = row - 1;
            while (parent != NoParent && !IsInside(_addresses[row], parent))
            {
                parent = _parents[parent];
            }

            _parents[row] = parent;
        }
    }

    private void FillIndex()
    {
        var row = 0;
        for (var bits = 0; bits < _index.Length; bits++)
        {
            while (row < RowCount && FirstBits(_addresses[row]) < bits)
            {
                row++;
            }

            _index[bits] = row;
        }
    }

    /// <summary>The longest row that covers a prefix.</summary>
    private int FindCovering(TAddress address, byte length)
    {
        var bits = FirstBits(address);
        int low = _index[bits], high = _index[bits + 1];
        while (low < high)
        {
            var middle = (low + high) >>> 1;
            var order = _addresses[middle].CompareTo(address);
            if (order < 0 || (order == 0 && _lengths[middle] <= length))
            {
                low = middle + 1;
            }
            else
            {
                high = middle;
            }
        }

        var row = low - 1;
        while (row != NoParent && !(_lengths[row] <= length && IsInside(address, row)))
        {
            row = _parents[row];
        }

        return row;
    }

    private bool IsInside(TAddress address, int row)
    {
        var length = _lengths[row];

        // A shift by the whole width would shift by nothing.
        return length == 0 || ((address ^ _addresses[row]) >>> (Width - length)) == TAddress.Zero;
    }

    private static int FirstBits(TAddress address) => int.CreateTruncating(address >>> (Width - IndexBits));
}
