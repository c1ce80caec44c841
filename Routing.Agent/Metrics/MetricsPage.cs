using Prometheus;

namespace Routing.Agent.Metrics;

/// <summary>/metrics: our instruments through prometheus-net, and the process's own.</summary>
internal static class MetricsPage
{
    public static void Map(WebApplication application)
    {
        var registry = Prometheus.Metrics.NewCustomRegistry();
        Prometheus.Metrics.SuppressDefaultMetrics();
        DotNetStats.Register(registry);
        MeterAdapter.StartListening(new MeterAdapterOptions
        {
            Registry = registry,
            InstrumentFilterPredicate = instrument => instrument.Meter.Name == AgentMetrics.MeterName,
        });
        application.MapMetrics(registry: registry);
    }
}
