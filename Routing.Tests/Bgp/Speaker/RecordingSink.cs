using System.Collections.Concurrent;
using System.Collections.Immutable;
using System.Net;
using Routing.Bgp.Rib.Views;
using Routing.Bgp.Wire.Iana;
using Routing.Bgp.Wire.Nlri;

namespace Routing.Tests.Bgp.Speaker;

/// <summary>A FIB that only remembers.</summary>
internal sealed class RecordingSink : IBestPathSink
{
    public ConcurrentDictionary<Prefix, ImmutableArray<IPAddress>> Routes { get; } = [];

    public ConcurrentDictionary<Prefix, ImmutableArray<int>> Weights { get; } = [];

    public ConcurrentDictionary<Prefix, uint?> Metrics { get; } = [];

    public ConcurrentQueue<AfiSafi> Converged { get; } = [];

    public void OnBestPaths(ReadOnlySpan<BestPathChange> changes)
    {
        foreach (var change in changes)
        {
            Weights[change.Prefix] = change.Weights;
            Metrics[change.Prefix] = change.Metric;
            if (change.NextHops.IsEmpty)
            {
                Routes.TryRemove(change.Prefix, out _);
            }
            else
            {
                Routes[change.Prefix] = change.NextHops;
            }
        }
    }

    public void OnConverged(AfiSafi family) => Converged.Enqueue(family);
}
