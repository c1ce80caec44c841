using Routing.Bgp.Rib.Tables;
using Routing.Bgp.Wire.Attributes;
using Routing.Bgp.Wire.Iana;

namespace Routing.Bgp.Rib.Decision;

/// <summary>Chooses the paths that share a prefix's traffic with the best one.</summary>
internal sealed class EqualPaths(
    PathTable paths, AttributeTable attributes, PathSources sources, DecisionProcess decision, MultipathRules rules)
{
    private readonly List<int> _equal = [];

    /// <summary>A best path and its equals.</summary>
    /// <param name="best">The best path, or 0.</param>
    /// <returns>Valid until the next decision.</returns>
    public IReadOnlyList<int> Of(int best)
    {
        _equal.Clear();
        if (best == 0)
        {
            return _equal;
        }

        _equal.Add(best);
        foreach (var path in decision.SelectMultipath(best, rules.Mixed))
        {
            if (path != best && SharesTraffic(path, best))
            {
                _equal.Add(path);
            }
        }

        return _equal;
    }

    private bool SharesTraffic(int path, int best)
    {
        var isMeant = sources[paths[best].Peer].Kind switch
        {
            PathSourceKind.External => rules.External,
            PathSourceKind.Local => false,
            _ => rules.Internal,
        };
        return isMeant && (rules.RelaxAsPath || AsPathOf(path).SequenceEqual(AsPathOf(best)));
    }

    private ReadOnlySpan<byte> AsPathOf(int path) =>
        AttributeCursor.TryFind(attributes.Octets(paths[path].Attributes), AttributeType.AsPath, out var value) ? value : [];
}
