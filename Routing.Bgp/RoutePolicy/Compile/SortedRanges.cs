using System.Numerics;

namespace Routing.Bgp.RoutePolicy.Compile;

/// <summary>Disjoint ranges in ascending order: one binary search says whether a number is in any of them.</summary>
internal sealed class SortedRanges<T>
    where T : struct, IBinaryInteger<T>, IMinMaxValue<T>
{
    private readonly T[] _least;
    private readonly T[] _greatest;

    /// <param name="ranges">In any order; may overlap.</param>
    public SortedRanges(IEnumerable<(T Least, T Greatest)> ranges)
    {
        var joined = new List<(T Least, T Greatest)>();
        foreach (var range in ranges.Order())
        {
            if (joined.Count > 0 && (joined[^1].Greatest == T.MaxValue || range.Least <= joined[^1].Greatest + T.One))
            {
                joined[^1] = (joined[^1].Least, T.Max(joined[^1].Greatest, range.Greatest));
            }
            else
            {
                joined.Add(range);
            }
        }

        _least = [.. joined.Select(range => range.Least)];
        _greatest = [.. joined.Select(range => range.Greatest)];
    }

    /// <summary>True for a number in one of the ranges.</summary>
    public bool Contains(T value)
    {
        var (low, high) = (-1, _least.Length);
        while (high - low > 1)
        {
            var middle = (low + high) >> 1;
            if (_least[middle] <= value)
            {
                low = middle;
            }
            else
            {
                high = middle;
            }
        }

        return low >= 0 && value <= _greatest[low];
    }
}
