using Prometheus;

namespace Routing.Agent.Metrics;

/// <summary>/metrics: our instruments through prometheus-net, and the process's own.</summary>
internal static class MetricsPage
{
    /// <summary>From half a millisecond, a rule's change, to half a minute, an ADD that waited for the API
    /// server.</summary>
    private static readonly double[] Buckets = Histogram.ExponentialBuckets(start: 0.0005, factor: 2, count: 17);

    /// <summary>Counters that we add to should not be forgotten because nothing happened for a while: the longest time the
    /// exporter allows.</summary>
    private static readonly TimeSpan Longest = TimeSpan.FromDays(1);

    /// <summary>These series are written at each scrape, for all peers that there are; one that has not been written for
    /// so long is a peer's that has been removed.</summary>
    private static readonly TimeSpan UntilRemoved = TimeSpan.FromSeconds(2);

    /// <param name="application">Where the page is.</param>
    /// <param name="refresh">Runs before each scrape, for what instruments cannot ask themselves.</param>
    public static void Map(WebApplication application, Func<CancellationToken, Task> refresh)
    {
        var registry = Prometheus.Metrics.NewCustomRegistry();
        Prometheus.Metrics.SuppressDefaultMetrics();
        DotNetStats.Register(registry);
        Export(registry, AgentMetrics.MeterName, Longest);
        Export(registry, BgpMetrics.MeterName, UntilRemoved);
        application.MapGet("/metrics", async context =>
        {
            await refresh(context.RequestAborted);
            context.Response.ContentType = PrometheusConstants.TextContentTypeWithVersionAndEncoding;
            await registry.CollectAndExportAsTextAsync(context.Response.Body, context.RequestAborted);
        });
    }

    private static void Export(CollectorRegistry registry, string meter, TimeSpan expireAfter) =>
        MeterAdapter.StartListening(new MeterAdapterOptions
        {
            Registry = registry,
            MetricFactory = Prometheus.Metrics.WithCustomRegistry(registry), // else values go to the default registry
            MetricsExpireAfter = expireAfter,
            ResolveHistogramBuckets = _ => Buckets,
            InstrumentFilterPredicate = instrument => instrument.Meter.Name == meter,
        });
}
