using Routing.Policy.Model;

namespace Routing.Policy.Compile;

/// <summary>Addresses and ports of one protocol: a rectangle. <see cref="Disjoint"/> makes rectangles fit for an
/// interval set.</summary>
internal readonly record struct FlowBox(AddressRange Addresses, PortRange Ports)
{
    /// <summary> The same flows as boxes that do not overlap: the kernel refuses elements that do (nft_set_pipapo and
    /// nft_set_rbtree answer EEXIST). A sweep over the addresses: between two places where a box begins or ends the
    /// ports allowed are the same, and neighbours with the same ports are joined again.
    /// <code>
    ///   ports ┌────────┐             ┌──┬─────┬─┐
    ///         │   ┌────┼───┐   ->    │  │     │ ├───┐
    ///         └───┼────┘   │         └──┤     ├─┘   │
    ///             └────────┘ addr.      └─────┴─────┘
    /// </code>
    /// </summary>
    /// <param name="boxes">Of one family and one protocol.</param>
    public static List<FlowBox> Disjoint(IReadOnlyCollection<FlowBox> boxes)
    {
        var result = new List<FlowBox>();
        var byStart = boxes.OrderBy(box => box.Addresses.Low).ToList();
        var active = new List<FlowBox>();
        var open = new List<PortRange>(); // ports of the segment that may still grow
        UInt128 openLow = 0, openHigh = 0;
        var next = 0;
        UInt128? place = byStart.Count > 0 ? byStart[0].Addresses.Low : null;
        while (place is { } low)
        {
            // 1. What covers this place.
            active.RemoveAll(box => box.Addresses.High < low);
            while (next < byStart.Count && byStart[next].Addresses.Low == low)
            {
                active.Add(byStart[next++]);
            }

            // 2. The next place where that changes; none after the last address there is.
            UInt128? change = next < byStart.Count ? byStart[next].Addresses.Low : null;
            foreach (var box in active)
            {
                if (box.Addresses.High < UInt128.MaxValue && (change is null || box.Addresses.High + 1 < change))
                {
                    change = box.Addresses.High + 1;
                }
            }

            // 3. The segment up to there, joined to the one before it when it allows the same.
            var ports = PortRange.Union(active.Select(box => box.Ports));
            var high = change is { } end ? end - 1 : UInt128.MaxValue;
            if (open.Count > 0 && openHigh + 1 == low && open.SequenceEqual(ports))
            {
                openHigh = high;
            }
            else
            {
                Close();
                (open, openLow, openHigh) = (ports, low, high);
            }

            place = change;
        }

        Close();
        return result;

        void Close()
        {
            foreach (var ports in open)
            {
                result.Add(new FlowBox(new AddressRange(byStart[0].Addresses.Family, openLow, openHigh), ports));
            }
        }
    }
}
