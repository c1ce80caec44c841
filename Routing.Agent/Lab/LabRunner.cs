using System.Collections.Immutable;
using System.Globalization;
using Routing.Agent.Dataplane;
using Routing.Agent.Lab.Cluster;
using Routing.Agent.Lab.Plan;
using Routing.Agent.Lab.Progress;
using Routing.Agent.Lab.Report;
using Routing.Agent.Lab.State;
using Routing.Agent.Lab.Tor;
using Routing.Agent.Manifests;
using Spectre.Console;

namespace Routing.Agent.Lab;

/// <summary>`routing lab` from its first check to the last thing removed.</summary>
internal sealed class LabRunner(LabOptions options, LabPaths paths, TextWriter output, IAnsiConsole console, TimeProvider time)
{
    /// <summary>Changes that come together are shown together.</summary>
    private static readonly TimeSpan Settle = TimeSpan.FromMilliseconds(30);

    /// <summary>Runs until the report is out (--once) or until cancelled.</summary>
    /// <returns>Whether all is as it should be; of a lab that was left running, whether it was whole once.</returns>
    /// <exception cref="LabException">It cannot run; nothing is left behind.</exception>
    public async Task<bool> RunAsync(CancellationToken cancellationToken)
    {
        var started = time.GetTimestamp();
        LabPrivileges.RequireRoot();
        LabProgram.ShimFolder();
        var plan = LabPlan.Create(options.Nodes) with { Backend = options.Backend };
        var manifests = LabManifests.Load(options.ManifestFolder);
        var tor = TorSetup.Create(options.Tor, plan, paths.TorFolder);

        var (taken, ledger) = await LabFolder.TakeAsync(paths, time);
        using var untilTheEnd = taken;
        try
        {
            return await RunAsync(plan, tor, manifests, ledger, started, cancellationToken);
        }
        finally
        {
            await LabTeardown.RunAsync(ledger.State, paths, time);
        }
    }

    private async Task<bool> RunAsync(
        LabPlan plan, TorSetup tor, ImmutableArray<Manifest> manifests, LabLedger ledger, long started,
        CancellationToken cancellationToken)
    {
        LabCluster? cluster = null;
        LabObserver? observer = null;
        LabReport? report = null;
        try
        {
            var progress = new LabProgress(time);
            await LiveProgress.RunAsync(console, progress, time, async () =>
            {
                cluster = await LabCluster.StartAsync(
                    plan, tor, options.Tor, manifests, paths, ledger, progress, time, cancellationToken);
                observer = new LabObserver(plan, options.Tor, cluster, paths, time);
                report = await UnlessBroken(
                    cluster, token => ObserveAsync(observer, progress, started, token), cancellationToken);
            });
            Show(report!);
            if (!options.Once)
            {
                await UnlessBroken(cluster!, token => FollowAsync(cluster!, observer!, report!, token), cancellationToken);
            }

            return report!.Ok;
        }
        finally
        {
            observer?.Dispose();
            if (cluster is not null)
            {
                await cluster.DisposeAsync();
            }
        }
    }

    private async Task<LabReport> ObserveAsync(
        LabObserver observer, LabProgress progress, long started, CancellationToken cancellationToken)
    {
        const string probing = "probes", change = "policy change";
        await observer.WaitUntilWholeAsync(progress, cancellationToken);
        var ready = time.GetElapsedTime(started);
        progress.Report(probing, "every pair, port, protocol and family");
        var matrix = await observer.ProbeAsync(cancellationToken);
        progress.Finish(probing, string.Create(CultureInfo.InvariantCulture, $"{matrix.Flows.Length} flows, {matrix.Disagreeing} disagree"));
        progress.Report(change, "measuring until it is enforced");
        var enforcement = await observer.MeasureEnforcementAsync(cancellationToken);
        progress.Finish(change, enforcement is null ? "nothing to measure on" : $"measured on {enforcement.Flow}");
        return await observer.ReportAsync(matrix, ready, enforcement, cancellationToken);
    }

    /// <summary>Probes again whenever policies, pods or labels change, until cancelled.</summary>
    private async Task<bool> FollowAsync(LabCluster cluster, LabObserver observer, LabReport report, CancellationToken cancellationToken)
    {
        if (!options.Json)
        {
            console.WriteLine($"The lab stays. In another terminal: export KUBECONFIG={paths.Kubeconfig}");
            console.WriteLine("Then: kubectl get pods -A -o wide; kubectl apply -f a changed policy, and see the matrix here. Ctrl-C ends it.");
        }

        var wake = new WakeSignal();
        cluster.Mirror.Subscribe(_ => wake.Set());
        foreach (var kubelet in cluster.Kubelets)
        {
            kubelet.Changed = wake.Set;
        }

        var shown = ClusterFingerprint.Of(cluster.Mirror.Snapshot, cluster.Sandboxes);
        try
        {
            while (true)
            {
                await wake.WaitAsync(cancellationToken);
                await Task.Delay(Settle, time, cancellationToken);
                var now = ClusterFingerprint.Of(cluster.Mirror.Snapshot, cluster.Sandboxes);
                var change = now.Since(shown);
                if (change.Length == 0)
                {
                    continue;
                }

                shown = now;
                var matrix = await observer.ProbeAsync(cancellationToken);
                if (options.Json)
                {
                    Show(await observer.ReportAsync(matrix, TimeSpan.FromSeconds(report.Times.ClusterReadySeconds), null, cancellationToken));
                }
                else
                {
                    console.WriteLine($"After {change}:");
                    new ReportRenderer(console).WriteMatrix(matrix, observer.PodReports());
                }
            }
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            return true; // Ctrl-C is how it ends
        }
    }

    private void Show(LabReport report)
    {
        if (options.Json)
        {
            output.WriteLine(ReportJson.Format(report));
        }
        else
        {
            new ReportRenderer(console).Write(report);
        }
    }

    /// <summary>Waits for work, but not beyond the end of a part that the lab cannot do without.</summary>
    private static async Task<T> UnlessBroken<T>(
        LabCluster cluster, Func<CancellationToken, Task<T>> work, CancellationToken cancellationToken)
    {
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var running = work(stop.Token);
        if (await Task.WhenAny(running, cluster.Failure) != running)
        {
            await stop.CancelAsync();
            await running.ContinueWith(_ => { }, CancellationToken.None, TaskContinuationOptions.None, TaskScheduler.Default);
            await cluster.Failure;
        }

        return await running;
    }
}
