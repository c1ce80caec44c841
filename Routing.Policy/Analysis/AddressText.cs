using Routing.Policy.Model;
using Routing.Policy.Rules;

namespace Routing.Policy.Analysis;

/// <summary>Ranges of addresses as people write them: blocks, or all but some blocks where that is shorter.</summary>
public static class AddressText
{
    /// <summary>For example "192.0.2.0/24", "IPv4 except 10.0.0.0/8, all of IPv6".</summary>
    /// <param name="ranges">Without overlaps.</param>
    public static string Of(IEnumerable<AddressRange> ranges) => string.Join(", ", ranges.GroupBy(range => range.Family)
        .OrderBy(family => family.Key).Select(family => Of(family.Key, [.. family])));

    /// <summary>The blocks that a range is made of.</summary>
    public static IEnumerable<Cidr> Blocks(AddressRange range)
    {
        var width = range.Family == IpFamily.V4 ? 32 : 128;
        for (var (next, more) = (range.Low, true); more;)
        {
            // The largest block that begins here and does not go past the end.
            var bits = next == 0 ? width : (int)UInt128.TrailingZeroCount(next);
            while (bits > 0 && (bits == 128 ? UInt128.MaxValue : next + ((UInt128.One << bits) - 1)) > range.High)
            {
                bits--;
            }

            yield return new Cidr(new Address(range.Family, next), width - bits);
            var last = bits == 128 ? UInt128.MaxValue : next + ((UInt128.One << bits) - 1);
            (next, more) = (last + 1, last < range.High);
        }
    }

    private static string Of(IpFamily family, List<AddressRange> ranges)
    {
        var all = Cidr.All(family).Range;
        var inside = Joined(ranges).SelectMany(Blocks).ToList();
        if (inside is [{ Length: 0 }])
        {
            return $"all of IP{family}".Replace("IPV", "IPv", StringComparison.Ordinal);
        }

        var outside = Joined(all.Except(ranges)).SelectMany(Blocks).ToList();
        return inside.Count <= outside.Count
            ? string.Join(", ", inside)
            : $"IP{family} except {string.Join(", ", outside)}".Replace("IPV", "IPv", StringComparison.Ordinal);
    }

    /// <summary>Neighbours in one.</summary>
    private static List<AddressRange> Joined(IEnumerable<AddressRange> ranges)
    {
        var joined = new List<AddressRange>();
        foreach (var range in ranges.OrderBy(range => range.Low))
        {
            if (joined.Count > 0 && joined[^1].High + 1 == range.Low && range.Low != 0)
            {
                joined[^1] = joined[^1] with { High = range.High };
            }
            else
            {
                joined.Add(range);
            }
        }

        return joined;
    }
}
