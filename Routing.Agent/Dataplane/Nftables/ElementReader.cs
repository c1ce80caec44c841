using Routing.Agent.Dataplane.Live;
using Routing.Agent.Netlink.Nftables;
using Routing.Policy.Rules;

namespace Routing.Agent.Dataplane.Nftables;

/// <summary>Reads the elements of sets.</summary>
internal sealed class ElementReader(NftNetlink netlink)
{
    /// <summary>The elements that a set has in the kernel.</summary>
    /// <param name="set">Its definition.</param>
    public List<SetElement> Read(MatchSet set)
    {
        var elements = new List<SetElement>();
        Read(set, elements.Clear, (element, _) => elements.Add(element));
        return elements;
    }

    /// <summary>Those that have counted something, with what that is.</summary>
    /// <param name="set">Its definition.</param>
    public List<(SetElement Element, KernelCount Count)> ReadCounts(MatchSet set)
    {
        var counts = new List<(SetElement, KernelCount)>();
        Read(set, counts.Clear, (element, count) =>
        {
            if (count is (> 0, _))
            {
                counts.Add((element, new KernelCount(count.Value.Packets, count.Value.Octets)));
            }
        });
        return counts;
    }

    private void Read(MatchSet set, Action begin, Action<SetElement, (long Packets, long Octets)?> onElement)
    {
        var layout = SetLayout.Of(set);
        var boundaries = new List<Boundary>();
        netlink.ReadElements(
            set.Name,
            () =>
            {
                begin();
                boundaries.Clear();
            },
            (in element) =>
            {
                if (element.Key.Length < layout.KeyLength)
                {
                    return; // a catch-all element has no key; ours have none
                }

                if (layout.Kind == SetKind.Interval)
                {
                    boundaries.Add(new Boundary(KeyMath.Number(element.Key), element.IsIntervalEnd, element.Count));
                }
                else
                {
                    onElement(
                        layout.Read(element.Key, element.KeyEnd.Length == element.Key.Length ? element.KeyEnd : element.Key), element.Count);
                }
            });
        Pair(boundaries, layout, onElement);
    }

    /// <summary>Pairs starts and ends. An end may be missing: where the next range starts at once, and at the greatest
    /// key.</summary>
    private static void Pair(
        List<Boundary> boundaries, SetLayout layout, Action<SetElement, (long Packets, long Octets)?> onElement)
    {
        boundaries.Sort((a, b) => a.Key != b.Key ? a.Key.CompareTo(b.Key) : b.IsEnd.CompareTo(a.IsEnd)); // ends first
        Span<byte> low = stackalloc byte[layout.KeyLength], high = stackalloc byte[layout.KeyLength];
        for (var i = 0; i < boundaries.Count; i++)
        {
            if (boundaries[i].IsEnd)
            {
                continue;
            }

            KeyMath.Write(low, boundaries[i].Key);
            if (i + 1 < boundaries.Count)
            {
                KeyMath.Write(high, boundaries[i + 1].Key - 1);
            }
            else
            {
                high.Fill(0xff);
            }

            onElement(layout.Read(low, high), boundaries[i].Count);
        }
    }

    private readonly record struct Boundary(UInt128 Key, bool IsEnd, (long Packets, long Octets)? Count);
}
