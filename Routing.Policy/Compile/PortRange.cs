namespace Routing.Policy.Compile;

/// <summary>Ports from one to another, both included.</summary>
internal readonly record struct PortRange(ushort Low, ushort High)
{
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
}
