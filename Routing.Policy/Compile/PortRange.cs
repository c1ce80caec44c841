namespace Routing.Policy.Compile;

/// <summary>Ports from one to another, both included. For ICMP the "port" is type and code, as one number of 16
/// bits.</summary>
internal readonly record struct PortRange(ushort Low, ushort High)
{
    /// <summary>Every port.</summary>
    public static PortRange All { get; } = new(0, ushort.MaxValue);

    /// <summary>The same ports as ranges that neither overlap nor touch, in order.</summary>
    public static List<PortRange> Union(IEnumerable<PortRange> ranges)
    {
        var union = new List<PortRange>();
        foreach (var range in ranges.OrderBy(range => range.Low))
        {
            if (union.Count > 0 && range.Low <= union[^1].High + 1)
            {
                union[^1] = union[^1] with { High = Math.Max(union[^1].High, range.High) };
            }
            else
            {
                union.Add(range);
            }
        }

        return union;
    }

    /// <summary>Parts ports into those that are in others and those that are not.</summary>
    /// <param name="ranges">In order, not overlapping.</param>
    /// <param name="others">Likewise.</param>
    public static (List<PortRange> Inside, List<PortRange> Outside) Part(
        IReadOnlyList<PortRange> ranges, IReadOnlyList<PortRange> others)
    {
        var (inside, outside) = (new List<PortRange>(), new List<PortRange>());
        var first = 0; // of the others that may reach the range
        foreach (var range in ranges)
        {
            int next = range.Low;
            while (first < others.Count && others[first].High < next)
            {
                first++;
            }

            for (var place = first; place < others.Count && others[place].Low <= range.High; place++)
            {
                var other = others[place];
                if (other.Low > next)
                {
                    outside.Add(new PortRange((ushort)next, (ushort)(other.Low - 1)));
                    next = other.Low;
                }

                var high = Math.Min(other.High, range.High);
                inside.Add(new PortRange((ushort)next, high));
                next = high + 1;
            }

            if (next <= range.High)
            {
                outside.Add(new PortRange((ushort)next, range.High));
            }
        }

        return (inside, outside);
    }
}
