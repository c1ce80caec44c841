using System.Net;

namespace Routing.Agent.Options;

/// <summary>What every program that serves a cluster is told, checked by <see cref="DaemonOptionsValidator"/>.</summary>
public abstract class DaemonOptions
{
    /// <summary>Kubeconfig file; null for the service account of the pod we run in.</summary>
    public string? Kubeconfig { get; init; }

    /// <summary>Port of /healthz, /readyz and /metrics; null for none.</summary>
    public int? MetricsPort { get; init; }

    /// <summary>Address of these pages; they are unauthenticated, so loopback unless asked for.</summary>
    public string MetricsAddress { get; init; } = "127.0.0.1";

    /// <summary>Least level logged: a Serilog level name.</summary>
    public string LogLevel { get; init; } = "Information";

    /// <summary>Where the pages are served; null for nowhere. Only for validated options.</summary>
    public IPEndPoint? MetricsEndpoint => MetricsPort is { } port ? new(IPAddress.Parse(MetricsAddress), port) : null;
}
