using System.Collections.Immutable;
using System.Runtime.InteropServices;
using Routing.Bgp.RoutePolicy.Sets;
using Routing.Bgp.Wire.Iana;
using Routing.Bgp.Wire.Nlri;

namespace Routing.Bgp.RoutePolicy.Compile;

/// <summary>All prefix sets of a policy as one table: a single search gives the class of a prefix, and prefixes of one class
/// are in the same sets. So rules cost nothing per route that their prefixes do not meet, however many rules there are.</summary>
/// <remarks>
/// <code>
/// sets       a: 10.0.0.0/8{16,24}    b: 10.1.0.0/16
/// nodes      10.0.0.0/8   lengths 8-15: none     16-24: {a}    25-32: none
///            10.1.0.0/16  lengths 16: {a, b}     17-24: {a}    25-32: none
/// </code>
/// A node's table of lengths includes what the nodes around it say, so the search ends at the longest node.
/// </remarks>
internal sealed class PrefixClassifier
{
    private readonly AddressIntervals<uint>? _ipv4;
    private readonly AddressIntervals<UInt128>? _ipv6;
    private readonly Node[] _nodes;

    /// <param name="family">The family.</param>
    /// <param name="sets">The sets; ranges of the other family are passed over.</param>
    public PrefixClassifier(AfiSafi family, IReadOnlyList<Sequence<PrefixRange>> sets)
    {
        var builder = new PrefixClassBuilder(family, sets);
        _nodes = [.. builder.Nodes.Select(node => new Node(node.Prefix.Length, node.Parent, node.LengthFrom, node.Classes))];
        Classes = builder.Classes;
        if (_nodes.Length == 0)
        {
            return;
        }

        var (starts, around) = builder.Intervals();
        if (family == AfiSafi.IPv4Unicast)
        {
            _ipv4 = new([.. starts.Select(start => (uint)start)], around);
        }
        else
        {
            _ipv6 = new(starts, around);
        }
    }

    /// <summary>The sets that prefixes of a class are in, ascending; class 0 is in none.</summary>
    public ImmutableArray<ImmutableArray<int>> Classes { get; }

    /// <summary>The class of a prefix of the family.</summary>
    public int ClassOf(Prefix prefix)
    {
        if (_nodes.Length == 0)
        {
            return 0;
        }

        var found = _ipv4 is null ? _ipv6!.Find(prefix.Address) : _ipv4.Find((uint)prefix.Address);
        while (found >= 0 && _nodes[found].Length > prefix.Length)
        {
            found = _nodes[found].Parent; // the prefix is around the node, not inside it
        }

        return found < 0 ? 0 : _nodes[found].ClassOf(prefix.Length);
    }

    /// <param name="Length">The prefix's own length.</param>
    /// <param name="Parent">The next shorter one around it, or -1.</param>
    /// <param name="LengthFrom">Ascending lengths at which another class begins; the first is its own.</param>
    /// <param name="Classes">Those classes.</param>
    [StructLayout(LayoutKind.Auto)]
    private readonly record struct Node(byte Length, int Parent, byte[] LengthFrom, int[] Classes)
    {
        public int ClassOf(byte length)
        {
            var i = LengthFrom.Length - 1;
            while (LengthFrom[i] > length)
            {
                i--;
            }

            return Classes[i];
        }
    }
}
