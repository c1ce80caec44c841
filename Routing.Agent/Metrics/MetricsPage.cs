using Prometheus;

namespace Routing.Agent.Metrics;

/// <summary>/metrics: our instruments through prometheus-net, and the process's own.</summary>
internal static class MetricsPage
{
    /// <summary>From half a millisecond, a rule's change, to half a minute, an ADD that waited for the API
    /// server.</summary>
    private static readonly double[] Buckets = Histogram.ExponentialBuckets(start: 0.0005, factor: 2, count: 17);

    /// <param name="application">Where the page is.</param>
    /// <param name="refresh">Runs before each scrape, for what instruments cannot ask themselves.</param>
    public static void Map(WebApplication application, Func<CancellationToken, Task> refresh)
    {
        var registry = Prometheus.Metrics.NewCustomRegistry();
        Prometheus.Metrics.SuppressDefaultMetrics();
        DotNetStats.Register(registry);
        MeterAdapter.StartListening(new MeterAdapterOptions
        {
            Registry = registry,
            MetricFactory = Prometheus.Metrics.WithCustomRegistry(registry), // else values go to the default registry
            ResolveHistogramBuckets = _ => Buckets,
            InstrumentFilterPredicate = instrument => instrument.Meter.Name == AgentMetrics.MeterName,
        });
        application.MapGet("/metrics", async context =>
        {
            await refresh(context.RequestAborted);
            context.Response.ContentType = PrometheusConstants.TextContentTypeWithVersionAndEncoding;
            await registry.CollectAndExportAsTextAsync(context.Response.Body, context.RequestAborted);
        });
    }
}
