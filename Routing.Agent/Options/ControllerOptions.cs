using System.Net;

namespace Routing.Agent.Options;

/// <summary>What `routing controller` is told on its command line, checked by <see cref="ControllerOptionsValidator"/>.</summary>
public sealed class ControllerOptions
{
    /// <summary>Kubeconfig file; null for the service account of the pod we run in.</summary>
    public string? Kubeconfig { get; init; }

    /// <summary>NAMESPACE/NAME of the Lease that one controller holds.</summary>
    public string Lease { get; init; } = "kube-system/routing-controller";

    /// <summary>Namespace of the Lease. Only for validated options.</summary>
    public string LeaseNamespace => Lease.Split('/')[0];

    /// <summary>Name of the Lease. Only for validated options.</summary>
    public string LeaseName => Lease.Split('/')[1];

    /// <summary>Who we are in it. A process of its own is another candidate, also in the same pod.</summary>
    public string Identity { get; init; } = $"{Environment.MachineName}_{Guid.NewGuid():N}";

    /// <summary>How long another waits for one that does not renew; client-go's default.</summary>
    public TimeSpan LeaseDuration { get; init; } = TimeSpan.FromSeconds(15);

    /// <summary>Port of /healthz, /readyz and /metrics; null for none.</summary>
    public int? MetricsPort { get; init; }

    /// <summary>Address of these pages; they are unauthenticated, so loopback unless asked for.</summary>
    public string MetricsAddress { get; init; } = "127.0.0.1";

    /// <summary>Least level logged: a Serilog level name.</summary>
    public string LogLevel { get; init; } = "Information";

    /// <summary>Pace of the writes.</summary>
    public StatusOptions Status { get; init; } = new();

    /// <summary>Where the pages are served; null for nowhere. Only for validated options.</summary>
    public IPEndPoint? MetricsEndpoint => MetricsPort is { } port ? new(IPAddress.Parse(MetricsAddress), port) : null;
}
