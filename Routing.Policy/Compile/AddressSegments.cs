using Routing.Policy.Model;
using Routing.Policy.Rules;

namespace Routing.Policy.Compile;

/// <summary>The addresses of one IP version, cut wherever a range of some rule begins or ends.
/// <code>
///   rule 1  ├─────────────────────────┤
///   rule 2           ├───────┤
///   rule 3                   ├────────────────┤
///           │ 1      │ 1 2   │ 1 3    │ 3     │
/// </code></summary>
internal sealed class AddressSegments
{
    private readonly List<(UInt128 Low, UInt128 High, AddressClass Class)> _segments = []; // in order, apart
    private readonly AddressClass _any;

    /// <param name="family">The IP version.</param>
    /// <param name="ranges">Ranges with the place of their rule; -1 only cuts.</param>
    /// <param name="any">What is said of addresses in no range.</param>
    /// <param name="stage">Resolves.</param>
    /// <param name="more">Adds to a segment, given its first address, the rules that have to be asked one by one.</param>
    public AddressSegments(
        IpFamily family, List<(AddressRange Range, int Rule)> ranges, AddressClass any, StageRules stage,
        Action<Address, ulong[]> more)
    {
        _any = any;
        if (ranges.Count == 0)
        {
            return;
        }

        var starts = ranges.OrderBy(one => one.Range.Low).ToList();
        var ends = ranges.OrderBy(one => one.Range.High).ToList();
        var active = new int[stage.Rules.Length];
        var (open, start, end, cells) = (0, 0, 0, 0L);
        var classes = new Dictionary<ClassKey, AddressClass>();
        UInt128 low = 0;
        while (end < ends.Count)
        {
            // 1. What begins at or before this place; to the next one when nothing is open here.
            if (open == 0)
            {
                low = starts[start].Range.Low;
            }

            for (; start < starts.Count && starts[start].Range.Low == low; start++, open++)
            {
                Count(starts[start].Rule, 1);
            }

            // 2. How far it stays so.
            var high = ends[end].Range.High;
            if (start < starts.Count && starts[start].Range.Low <= high)
            {
                high = starts[start].Range.Low - 1;
            }

            Add(low, high);

            // 3. What ends there.
            for (; end < ends.Count && ends[end].Range.High == high; end++, open--)
            {
                Count(ends[end].Rule, -1);
            }

            low = high + 1; // after the last address nothing is open
        }

        void Count(int rule, int by)
        {
            if (rule >= 0)
            {
                active[rule] += by;
            }
        }

        void Add(UInt128 first, UInt128 last)
        {
            ulong[] mask = [.. any.Rules];
            for (var rule = 0; rule < active.Length; rule++)
            {
                if (active[rule] > 0)
                {
                    RuleMask.Set(mask, rule);
                }
            }

            more(new Address(family, first), mask);
            var key = new ClassKey(mask, "");
            if (!classes.TryGetValue(key, out var found))
            {
                classes.Add(key, found = new AddressClass(mask, stage.Decide(mask, [])));
                TooManyElementsException.ThrowIfTooMany(cells += found.Decisions.CellCount);
            }

            _segments.Add((first, last, found));
        }
    }

    /// <summary>The class of an address that is nobody's.</summary>
    public AddressClass Find(UInt128 address)
    {
        var (from, to) = (0, _segments.Count - 1);
        while (from <= to)
        {
            var middle = (from + to) / 2;
            var (low, high, found) = _segments[middle];
            if (address < low)
            {
                to = middle - 1;
            }
            else if (address > high)
            {
                from = middle + 1;
            }
            else
            {
                return found;
            }
        }

        return _any;
    }

    /// <summary>Ranges of addresses that touch no other of the same decisions, with what there is to look up for
    /// them.</summary>
    public IEnumerable<(UInt128 Low, UInt128 High, LookupCells Cells)> Nets()
    {
        if (_segments.Count == 0)
        {
            yield break;
        }

        var cells = new Dictionary<PortDecisions, LookupCells>();
        for (var i = 0; i < _segments.Count;)
        {
            var (low, high, first) = _segments[i];
            for (i++; i < _segments.Count && _segments[i].Low == high + 1
                && _segments[i].Class.Decisions.Equals(first.Decisions); i++)
            {
                high = _segments[i].High;
            }

            if (!cells.TryGetValue(first.Decisions, out var found))
            {
                cells.Add(first.Decisions, found = LookupCells.Of(first.Decisions, _any.Decisions, isNet: true));
            }

            yield return (low, high, found);
        }
    }
}
