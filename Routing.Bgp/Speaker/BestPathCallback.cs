using Routing.Bgp.Rib.Views;
using Routing.Bgp.Wire.Iana;

namespace Routing.Bgp.Speaker;

/// <summary>A sink for programs to which one change at a time is enough.</summary>
internal sealed class BestPathCallback(Action<BestPathChange> onBestPath) : IBestPathSink
{
    /// <inheritdoc/>
    public void OnBestPaths(ReadOnlySpan<BestPathChange> changes)
    {
        foreach (var change in changes)
        {
            onBestPath(change);
        }
    }

    /// <inheritdoc/>
    public void OnConverged(AfiSafi family)
    {
        // Who keeps nothing of an earlier run has nothing to sweep.
    }
}
