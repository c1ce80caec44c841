namespace Routing.Agent.Options;

/// <summary>What `routing controller` is told on its command line, checked by <see cref="ControllerOptionsValidator"/>.</summary>
public sealed class ControllerOptions : DaemonOptions
{
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

    /// <summary>Pace of the writes.</summary>
    public StatusOptions Status { get; init; } = new();
}
