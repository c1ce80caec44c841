using k8s;
using Routing.Agent.Cli;
using Routing.Agent.Dataplane;
using Routing.Agent.Grpc;
using Routing.Agent.KubeApi;
using Routing.Agent.Logging;
using Routing.Agent.Metrics;
using Routing.Agent.Options;
using Routing.Agent.PolicyStatus;
using Routing.Policy.Model;
using Routing.Policy.Translate.ClusterPolicies;
using Serilog.Events;

namespace Routing.Agent.Roles;

/// <summary>`routing controller`: what one process does for the whole cluster. It writes the status of policies, which depends on
/// them alone (docs/adr/0020): nodes need not say the same ten thousand times.</summary>
/// <remarks>
/// <code>
/// watches: policies of policy.networking.k8s.io ──► StatusWriter (one for each kind) ──► PATCH .../status
///                                      LeaseLoop ──leads──┘
/// </code>
/// </remarks>
internal sealed class ControllerRole(ControllerOptions options, Kubernetes client, ILoggerFactory loggers, TimeProvider time)
{
    private static readonly TimeSpan StopTimeout = TimeSpan.FromSeconds(5);
    private readonly List<WatchedResource> _watches = [];

    /// <summary>Runs until cancelled.</summary>
    /// <param name="options">Already validated.</param>
    /// <param name="cancellationToken">Asks the controller to stop.</param>
    /// <returns>The exit code: 0 when asked to stop, 1 when a part died.</returns>
    /// <exception cref="UserErrorException">Something the operator can mend keeps it from starting.</exception>
    public static async Task<int> RunAsync(ControllerOptions options, CancellationToken cancellationToken)
    {
        using var log = new AgentLog(Enum.Parse<LogEventLevel>(options.LogLevel, ignoreCase: true));
        using var client = KubeClientFactory.Create(options.Kubeconfig);
        return await new ControllerRole(options, client, log.Factory, TimeProvider.System).RunAsync(cancellationToken);
    }

    /// <inheritdoc cref="RunAsync(ControllerOptions, CancellationToken)"/>
    public async Task<int> RunAsync(CancellationToken cancellationToken)
    {
        var leadership = new Leadership();
        using var metrics = new ControllerMetrics(leadership);
        await using var supervisor = new Supervisor(StopTimeout, time, loggers.CreateLogger<Supervisor>());
        await using var server = options.MetricsEndpoint is { } endpoint
            ? await ControlServer.StartAsync(null, endpoint, loggers, _ => { }, MapPages, cancellationToken)
            : null;
        StartWriter<AdminNetworkPolicyResource>(supervisor, leadership, metrics);
        StartWriter<BaselineAdminNetworkPolicyResource>(supervisor, leadership, metrics);
        StartWriter<ClusterNetworkPolicyResource>(supervisor, leadership, metrics);
        supervisor.Start("lease", new LeaseLoop(client, options, leadership, time, loggers.CreateLogger<LeaseLoop>()).RunAsync);
        return await supervisor.WaitAsync(cancellationToken) ? ExitCode.Success : ExitCode.Failed;
    }

    private void StartWriter<TResource>(Supervisor supervisor, Leadership leadership, ControllerMetrics metrics)
        where TResource : ClusterPolicyResource
    {
        var input = PolicyInputs.All.OfType<PolicyInput<TResource, PolicySpec>>().Single();
        var watch = new ResourceWatch<TResource>(
            client, new ResourceWatchOptions { Sources = input.Sources }, loggers.CreateLogger<ResourceWatch<TResource>>(), time);
        var writer = new StatusWriter<TResource>(
            input.Sources[0], watch.Events, new StatusClient(client), leadership, options.Status, metrics, time,
            loggers.CreateLogger<StatusWriter<TResource>>());
        _watches.Add(new WatchedResource($"{input}", () => watch.State));
        supervisor.Start($"{input} status", writer.RunAsync);
        supervisor.Start($"{input} watch", watch.RunAsync);
    }

    /// <summary>Ready is who has seen all policies, leading or not: either can take over.</summary>
    private void MapPages(WebApplication application)
    {
        application.MapGet("/healthz", () => "ok\n");
        application.MapGet("/readyz", () => _watches.FirstOrDefault(watch => !watch.State().Synced) is { } missing
            ? Results.Text($"no list of {missing.Resource} yet\n", statusCode: StatusCodes.Status503ServiceUnavailable)
            : Results.Text("ok\n"));
        MetricsPage.Map(application, _ => Task.CompletedTask);
    }
}
