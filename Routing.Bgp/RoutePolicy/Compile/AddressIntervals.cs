using System.Numerics;

namespace Routing.Bgp.RoutePolicy.Compile;

/// <summary>The address space cut where any prefix of a table begins or ends, each piece with the longest prefix around
/// it.</summary>
/// <param name="starts">First address of each piece, ascending; the first is 0.</param>
/// <param name="nodes">The prefix around each piece, or -1.</param>
internal sealed class AddressIntervals<T>(T[] starts, int[] nodes)
    where T : struct, IComparisonOperators<T, T, bool>
{
    /// <summary>The longest prefix around an address, or -1.</summary>
    public int Find(T address)
    {
        var (low, high) = (0, starts.Length);
        while (high - low > 1)
        {
            var middle = (low + high) >> 1;
            if (starts[middle] <= address)
            {
                low = middle;
            }
            else
            {
                high = middle;
            }
        }

        return nodes[low];
    }
}
