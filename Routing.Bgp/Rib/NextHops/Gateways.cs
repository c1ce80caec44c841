using System.Collections.Immutable;
using System.Net;
using Routing.Bgp.Wire.Nlri;

namespace Routing.Bgp.Rib.NextHops;

/// <summary>Next hops of a route as the sinks can use them: routers on links of ours.</summary>
internal static class Gateways
{
    /// <summary>The greatest weight of a kernel route's way.</summary>
    private const int GreatestWeight = 256;

    /// <summary>Puts gateways in the place of next hops behind them.</summary>
    /// <param name="nextHops">In ascending order.</param>
    /// <param name="weights">Their shares; empty when they share alike.</param>
    /// <param name="table">How each is reached.</param>
    /// <returns>Gateways in ascending order, each once; shares as before, those of a next hop parted among its
    /// gateways.</returns>
    public static (ImmutableArray<IPAddress> Addresses, ImmutableArray<int> Weights) To(
        ImmutableArray<IPAddress> nextHops, ImmutableArray<int> weights, NextHopTable table)
    {
        if (nextHops.Length == 1)
        {
            var only = table.Of(Prefix.ToInteger(nextHops[0])).Gateways;
            return only.IsEmpty ? (nextHops, weights) : (only, []);
        }

        var shares = new SortedDictionary<UInt128, (IPAddress Address, double Share)>();
        var isIndirect = false;
        for (var i = 0; i < nextHops.Length; i++)
        {
            var gateways = table.Of(Prefix.ToInteger(nextHops[i])).Gateways;
            isIndirect |= !gateways.IsEmpty;
            gateways = gateways.IsEmpty ? [nextHops[i]] : gateways;
            foreach (var gateway in gateways)
            {
                var key = Prefix.ToInteger(gateway);
                var share = (weights.IsEmpty ? 1.0 : weights[i]) / gateways.Length;
                shares[key] = (gateway, share + (shares.TryGetValue(key, out var known) ? known.Share : 0));
            }
        }

        return isIndirect
            ? ([.. shares.Values.Select(each => each.Address)], Whole([.. shares.Values.Select(each => each.Share)]))
            : (nextHops, weights);
    }

    /// <summary>Shares as whole numbers, none 0; empty when all are alike.</summary>
    private static ImmutableArray<int> Whole(double[] shares)
    {
        var (least, greatest) = (shares.Min(), shares.Max());
        if (greatest - least < 0.001)
        {
            return [];
        }

        var scale = least >= 1 && greatest <= GreatestWeight ? 1 : GreatestWeight / greatest;
        return [.. shares.Select(share => Math.Max(1, (int)Math.Round(share * scale)))];
    }
}
