using Routing.Policy.Model;
using Routing.Policy.Rules;

namespace Routing.Policy.Compile;

/// <summary>Many ranges of addresses, to be asked often whether they hold one.</summary>
internal sealed class AddressRanges
{
    private readonly List<(UInt128 Low, UInt128 High)>[] _ranges = [[], []]; // by IP version; in order, apart

    public AddressRanges(IEnumerable<AddressRange> ranges)
    {
        foreach (var range in ranges.OrderBy(range => range.Low))
        {
            var list = _ranges[(int)range.Family];
            if (list.Count > 0 && range.Low <= list[^1].High)
            {
                list[^1] = (list[^1].Low, UInt128.Max(list[^1].High, range.High));
            }
            else
            {
                list.Add((range.Low, range.High));
            }
        }
    }

    /// <summary>True when there is none.</summary>
    public bool IsEmpty => _ranges[(int)IpFamily.V4].Count + _ranges[(int)IpFamily.V6].Count == 0;

    /// <summary>True when the address is in one of them.</summary>
    public bool Contains(Address address)
    {
        var list = _ranges[(int)address.Family];
        var (from, to) = (0, list.Count - 1);
        while (from <= to)
        {
            var middle = (from + to) / 2;
            if (address.Value < list[middle].Low)
            {
                to = middle - 1;
            }
            else if (address.Value > list[middle].High)
            {
                from = middle + 1;
            }
            else
            {
                return true;
            }
        }

        return false;
    }
}
