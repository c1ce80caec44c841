using k8s;
using k8s.LeaderElection;
using k8s.LeaderElection.ResourceLock;
using Routing.Agent.KubeApi;
using Routing.Agent.Options;

namespace Routing.Agent.PolicyStatus;

/// <summary>Holds the Lease, or waits for it: of several controllers one writes. KubernetesClient's elector does the work; it ends
/// whenever the lease is lost, and throws when the API server cannot be reached, so here it is begun again.</summary>
/// <remarks>Two may believe for a moment that they hold it (a process that was stopped and goes on). Both would write the same,
/// and what one writes about an object that has changed since is refused.</remarks>
internal sealed partial class LeaseLoop(
    IKubernetes client, ControllerOptions options, Leadership leadership, TimeProvider time, ILogger<LeaseLoop> logger)
{
    /// <summary>An API server that does not answer holds up no end for longer.</summary>
    private static readonly TimeSpan ReleaseLimit = TimeSpan.FromSeconds(2);

    private readonly ILogger _logger = logger;
    private bool _told;

    /// <summary>Runs until cancelled, and then lets go of the lease, so that the next need not wait until it has run out.</summary>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        try
        {
            await ElectAsync(cancellationToken);
        }
        finally
        {
            await ReleaseAsync();
        }
    }

    private async Task ElectAsync(CancellationToken cancellationToken)
    {
        while (true)
        {
            using var elector = new LeaderElector(new LeaderElectionConfig(new ReportingLock(NewLock(), OnFailure))
            {
                LeaseDuration = options.LeaseDuration,
                RenewDeadline = options.LeaseDuration * 2 / 3,
                RetryPeriod = options.LeaseDuration * 2 / 15,
            });
            elector.OnStartedLeading += OnStarted;
            elector.OnStoppedLeading += OnStopped;
            elector.OnNewLeader += OnNewLeader;
            try
            {
                await elector.RunUntilLeadershipLostAsync(cancellationToken);
            }
            catch (Exception e) when (ApiFailure.IsTheWorlds(e, cancellationToken))
            {
                OnFailure(e.Message);
            }

            await Task.Delay(options.LeaseDuration * 2 / 15, time, cancellationToken);
        }
    }

    private LeaseLock NewLock() => new(client, options.LeaseNamespace, options.LeaseName, options.Identity);

    /// <summary>As client-go does it: the lease is nobody's. One that has changed hands meanwhile is another version, and stays.</summary>
    private async Task ReleaseAsync()
    {
        using var limit = new CancellationTokenSource(ReleaseLimit, time);
        try
        {
            var held = NewLock();
            var record = await held.GetAsync(limit.Token);
            if (record.HolderIdentity == options.Identity)
            {
                record.HolderIdentity = "";
                await held.UpdateAsync(record, limit.Token);
            }
        }
        catch (Exception e) when (ApiFailure.IsTheWorlds(e, CancellationToken.None)) // the limit is one of the world's as well
        {
            LogNotReleased($"{options.LeaseNamespace}/{options.LeaseName}", e.Message);
        }
    }

    private void OnStarted()
    {
        _told = false;
        LogLeading($"{options.LeaseNamespace}/{options.LeaseName}");
        leadership.Set(true);
    }

    private void OnStopped()
    {
        leadership.Set(false);
        LogNotLeading($"{options.LeaseNamespace}/{options.LeaseName}");
    }

    private void OnNewLeader(string leader)
    {
        if (leader != options.Identity)
        {
            LogLeader(leader);
        }
    }

    /// <summary>An API server that is away for an hour is told of once.</summary>
    private void OnFailure(string reason)
    {
        if (!_told)
        {
            LogFailed($"{options.LeaseNamespace}/{options.LeaseName}", reason);
        }

        _told = true;
    }

    [LoggerMessage(LogLevel.Information, "Holds the lease {Lease}: this controller writes")]
    private partial void LogLeading(string lease);

    [LoggerMessage(LogLevel.Information, "Does not hold the lease {Lease} any more")]
    private partial void LogNotLeading(string lease);

    [LoggerMessage(LogLevel.Information, "{Leader} holds the lease; this controller waits")]
    private partial void LogLeader(string leader);

    [LoggerMessage(LogLevel.Information, "The lease {Lease} could not be let go of, and runs out by itself: {Reason}")]
    private partial void LogNotReleased(string lease, string reason);

    [LoggerMessage(LogLevel.Warning, "The lease {Lease} cannot be had: {Reason}. Tries go on, without telling again")]
    private partial void LogFailed(string lease, string reason);
}
