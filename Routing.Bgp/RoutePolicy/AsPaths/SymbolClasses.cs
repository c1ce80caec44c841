using Routing.Bgp.RoutePolicy.Sets;

namespace Routing.Bgp.RoutePolicy.AsPaths;

/// <summary>The AS numbers cut where any range of an expression begins or ends: numbers of one class are the same to it.</summary>
/// <param name="begins">First number of each class, ascending; the first is 0.</param>
internal sealed class SymbolClasses(uint[] begins)
{
    /// <summary>Classes.</summary>
    public int Count => begins.Length;

    /// <summary>The classes that a set of ranges needs.</summary>
    public static SymbolClasses Of(IEnumerable<ValueRange> ranges)
    {
        var begins = new SortedSet<uint> { 0 };
        foreach (var range in ranges)
        {
            begins.Add(range.Least);
            if (range.Greatest < uint.MaxValue)
            {
                begins.Add(range.Greatest + 1);
            }
        }

        return new SymbolClasses([.. begins]);
    }

    /// <summary>The class of an AS number.</summary>
    public int ClassOf(uint asn)
    {
        var (low, high) = (0, begins.Length);
        while (high - low > 1)
        {
            var middle = (low + high) >> 1;
            (low, high) = begins[middle] <= asn ? (middle, high) : (low, middle);
        }

        return low;
    }

    /// <summary>The classes that make up a range.</summary>
    public IEnumerable<int> ClassesOf(ValueRange range)
    {
        for (var i = ClassOf(range.Least); i < begins.Length && begins[i] <= range.Greatest; i++)
        {
            yield return i;
        }
    }

    /// <summary>Ranges in ascending order without overlaps, or all that is between them.</summary>
    public static Sequence<ValueRange> Normalize(IEnumerable<ValueRange> ranges, bool isNegated)
    {
        var joined = new List<ValueRange>();
        foreach (var range in ranges.OrderBy(range => range.Least))
        {
            if (joined.Count > 0 && range.Least <= joined[^1].Greatest)
            {
                joined[^1] = joined[^1] with { Greatest = Math.Max(joined[^1].Greatest, range.Greatest) };
            }
            else
            {
                joined.Add(range);
            }
        }

        return isNegated ? Gaps(joined) : [.. joined];
    }

    private static Sequence<ValueRange> Gaps(List<ValueRange> ranges)
    {
        var gaps = new List<ValueRange>();
        var next = 0ul;
        foreach (var range in ranges)
        {
            if (range.Least > next)
            {
                gaps.Add(new ValueRange((uint)next, range.Least - 1));
            }

            next = (ulong)range.Greatest + 1;
        }

        if (next <= uint.MaxValue)
        {
            gaps.Add(new ValueRange((uint)next, uint.MaxValue));
        }

        return [.. gaps];
    }
}
