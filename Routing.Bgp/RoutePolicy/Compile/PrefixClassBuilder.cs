using System.Collections.Immutable;
using Routing.Bgp.RoutePolicy.Sets;
using Routing.Bgp.Wire.Iana;
using Routing.Bgp.Wire.Nlri;

namespace Routing.Bgp.RoutePolicy.Compile;

/// <summary>Works out the nodes and classes of a <see cref="PrefixClassifier"/>.</summary>
internal sealed class PrefixClassBuilder
{
    private readonly AfiSafi _family;
    private readonly List<Node> _nodes = [];
    private readonly List<ImmutableArray<int>> _classes = [[]];
    private readonly Dictionary<string, int> _classBySets = new() { [""] = 0 };

    public PrefixClassBuilder(AfiSafi family, IReadOnlyList<Sequence<PrefixRange>> sets)
    {
        _family = family;
        var ranges = sets
            .SelectMany((set, index) => set.Where(range => range.Within.Family == family).Select(range => (range, index)))
            .GroupBy(one => one.range.Within)
            .OrderBy(group => group.Key);
        var around = new Stack<int>();
        foreach (var group in ranges)
        {
            // Sorted by address and length, a prefix comes before all that is inside it.
            while (around.TryPeek(out var candidate) && !_nodes[candidate].Prefix.Contains(group.Key))
            {
                around.Pop();
            }

            var parent = around.TryPeek(out var outer) ? outer : -1;
            Add(group.Key, parent, group.Select(one => new Entry(one.index, one.range.MinLength, one.range.MaxLength)));
            around.Push(_nodes.Count - 1);
        }
    }

    /// <summary>The nodes in order of address, outer ones first.</summary>
    public IReadOnlyList<Node> Nodes => _nodes;

    /// <summary>The sets of each class.</summary>
    public ImmutableArray<ImmutableArray<int>> Classes => [.. _classes];

    /// <summary>Cuts the address space.</summary>
    public (UInt128[] Starts, int[] Around) Intervals()
    {
        var starts = new List<UInt128> { 0 };
        var around = new List<int> { -1 };
        var open = new Stack<int>();
        for (var i = 0; i < _nodes.Count; i++)
        {
            CloseBefore(_nodes[i].Prefix.Address);
            Cut(_nodes[i].Prefix.Address, i);
            open.Push(i);
        }

        CloseBefore(null);
        return ([.. starts], [.. around]);

        void CloseBefore(UInt128? address)
        {
            while (open.TryPeek(out var top) && (address is null || LastOf(_nodes[top].Prefix) < address))
            {
                open.Pop();
                if (LastOf(_nodes[top].Prefix) != GreatestAddress())
                {
                    Cut(LastOf(_nodes[top].Prefix) + 1, open.TryPeek(out var outer) ? outer : -1);
                }
            }
        }

        void Cut(UInt128 start, int node)
        {
            if (starts[^1] == start)
            {
                around[^1] = node; // an inner prefix that begins, or an outer one that ends, where another does
            }
            else
            {
                starts.Add(start);
                around.Add(node);
            }
        }
    }

    private void Add(Prefix prefix, int parent, IEnumerable<Entry> own)
    {
        var entries = own.ToList();
        if (parent >= 0)
        {
            entries.AddRange(_nodes[parent].Entries.Where(entry => entry.MaxLength >= prefix.Length));
        }

        // Lengths at which the answer changes.
        var lengths = new SortedSet<int> { prefix.Length };
        foreach (var entry in entries)
        {
            lengths.UnionWith(new[] { entry.MinLength, entry.MaxLength + 1 }.Where(at => at > prefix.Length && at <= prefix.Width));
        }

        _nodes.Add(new Node(
            prefix,
            parent,
            entries,
            [.. lengths.Select(length => (byte)length)],
            [.. lengths.Select(length => ClassOf(entries, length))]));
    }

    private int ClassOf(List<Entry> entries, int length)
    {
        ImmutableArray<int> sets =
        [
            .. entries.Where(entry => entry.MinLength <= length && length <= entry.MaxLength)
                .Select(entry => entry.Set).Distinct().Order(),
        ];
        var key = string.Join(',', sets);
        if (!_classBySets.TryGetValue(key, out var index))
        {
            index = _classes.Count;
            _classes.Add(sets);
            _classBySets.Add(key, index);
        }

        return index;
    }

    private static UInt128 LastOf(Prefix prefix)
    {
        var hostBits = prefix.Width - prefix.Length;
        return hostBits == 128 ? UInt128.MaxValue : prefix.Address | ((UInt128.One << hostBits) - 1);
    }

    private UInt128 GreatestAddress() => _family == AfiSafi.IPv4Unicast ? uint.MaxValue : UInt128.MaxValue;

    /// <param name="Prefix">The prefix.</param>
    /// <param name="Parent">The next shorter one around it, or -1.</param>
    /// <param name="Entries">What it and those around it say of its lengths.</param>
    /// <param name="LengthFrom">Lengths at which another class begins.</param>
    /// <param name="Classes">Those classes.</param>
    internal sealed record Node(Prefix Prefix, int Parent, List<Entry> Entries, byte[] LengthFrom, int[] Classes);

    internal readonly record struct Entry(int Set, byte MinLength, byte MaxLength);
}
