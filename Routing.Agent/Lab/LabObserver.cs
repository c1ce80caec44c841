using System.Collections.Immutable;
using Routing.Agent.Lab.Cluster;
using Routing.Agent.Lab.Plan;
using Routing.Agent.Lab.Progress;
using Routing.Agent.Lab.Report;
using Routing.Agent.Lab.Tor;
using Routing.Agent.Lab.Traffic;

namespace Routing.Agent.Lab;

/// <summary>Looks at a running lab: waits until it is whole, probes it, and writes down what it finds.</summary>
internal sealed class LabObserver(LabPlan plan, TorKind torKind, LabCluster cluster, LabPaths paths, TimeProvider time) : IDisposable
{
    private static readonly TimeSpan PollInterval = TimeSpan.FromMilliseconds(40);

    /// <summary>A lab that is not whole by then is reported as it is.</summary>
    private static readonly TimeSpan Longest = TimeSpan.FromSeconds(60);

    private readonly SessionReader _sessions = new(plan, paths);
    private readonly TorRoutes _routes = new(plan, cluster.Namespaces[LabPlan.TorName]);
    private readonly MatrixProber _prober = new(new ProbeRound(cluster.Namespaces, time), time);

    /// <summary>Waits for all sessions, the ToR's routes and the pods.</summary>
    public async Task WaitUntilWholeAsync(LabProgress progress, CancellationToken cancellationToken)
    {
        var started = time.GetTimestamp();
        var steps = new Dictionary<string, Func<Task<(bool Done, string Detail)>>>
        {
            ["BGP sessions"] = async () => Count(
                (await _sessions.ReadAsync(cancellationToken)).Select(session => session.State == SessionReport.Established), "Established"),
            ["routes on the ToR"] = () => Task.FromResult(RoutesThere()),
            ["pods"] = () => Task.FromResult(Count(
                cluster.Mirror.Snapshot.Pods.Values.Select(pod => pod.Status?.Phase == "Running"), "Running")),
        };
        while (steps.Count > 0 && time.GetElapsedTime(started) < Longest)
        {
            foreach (var (name, check) in steps.ToList())
            {
                var (done, detail) = await check();
                if (done)
                {
                    progress.Finish(name, detail);
                    steps.Remove(name);
                }
                else
                {
                    progress.Report(name, detail);
                }
            }

            await Task.Delay(PollInterval, time, cancellationToken);
        }
    }

    /// <summary>Probes everything.</summary>
    public Task<MatrixReport> ProbeAsync(CancellationToken cancellationToken)
    {
        var snapshot = cluster.Mirror.Snapshot;
        return _prober.RunAsync(
            ProbePlan.Create(plan, snapshot, cluster.Sandboxes), new FlowOracle(snapshot, plan).Allows, cancellationToken);
    }

    /// <summary>Changes a policy and measures how long it takes.</summary>
    public Task<EnforcementTimes?> MeasureEnforcementAsync(CancellationToken cancellationToken)
    {
        var snapshot = cluster.Mirror.Snapshot;
        return new EnforcementTimer(cluster.Client, plan, cluster.Namespaces, time)
            .MeasureAsync(snapshot, ProbePlan.Create(plan, snapshot, cluster.Sandboxes), cancellationToken);
    }

    /// <summary>Writes all of it down.</summary>
    public async Task<LabReport> ReportAsync(
        MatrixReport matrix, TimeSpan ready, EnforcementTimes? enforcement, CancellationToken cancellationToken)
    {
        var sessions = await _sessions.ReadAsync(cancellationToken);
        var routes = _routes.Read();
        var pods = PodReports();
        var adds = cluster.Kubelets.SelectMany(kubelet => kubelet.AddDurations).ToList();
        return new LabReport
        {
            Problems =
            [
                .. sessions.Where(session => session.State != SessionReport.Established)
                    .Select(session => $"the session of {session.Node} with {session.Address} is {session.State}: {session.LastError}"),
                .. _routes.Missing(routes).Select(missing => $"the ToR has no route to {missing}"),
                .. pods.Where(pod => pod.Phase != "Running")
                    .Select(pod => $"pod {pod.Name} is {pod.Phase}: {MessageOf(pod)}"),
                .. matrix.Disagreeing > 0
                    ? [$"{matrix.Disagreeing} of {matrix.Flows.Length} flows do not do what policy says"]
                    : Array.Empty<string>(),
            ],
            Nodes =
            [
                .. plan.Nodes.Zip(cluster.AgentRestarts, (node, restarts) => new NodeReport(
                    node.Name, node.Asn, node.Location, [.. node.Addresses.Select(address => address.ToString())],
                    [.. node.PodCidrs.Select(cidr => cidr.ToString())], restarts)),
            ],
            Tor = new TorReport(torKind.ToString().ToLowerInvariant(), LabPlan.TorAsn, routes),
            Sessions = sessions,
            Pods = pods,
            Matrix = matrix,
            Times = new TimesReport
            {
                ClusterReadySeconds = Math.Round(ready.TotalSeconds, 3),
                Adds = adds.Count,
                AddMedianMilliseconds = Percentile.Milliseconds(adds, 50),
                AddP99Milliseconds = Percentile.Milliseconds(adds, 99),
                PolicyToDenyMilliseconds = Percentile.Milliseconds(enforcement?.ToDeny ?? [], 50),
                PolicyToAllowMilliseconds = Percentile.Milliseconds(enforcement?.ToAllow ?? [], 50),
                PolicyFlow = enforcement?.Flow,
            },
        };
    }

    /// <summary>The pods as the API has them.</summary>
    public ImmutableArray<PodReport> PodReports() =>
        [.. cluster.Mirror.Snapshot.Pods.Select(pair => new PodReport(
            pair.Key.ToString(), pair.Value.Spec.NodeName ?? "", pair.Value.Status?.Phase ?? "Pending",
            [.. (pair.Value.Status?.PodIPs ?? []).Select(ip => ip.Ip)],
            [.. ServerPort.Of(pair.Value).Select(port => port.ToString())]))];

    public void Dispose()
    {
        _sessions.Dispose();
        _routes.Dispose();
    }

    private string? MessageOf(PodReport pod) =>
        cluster.Mirror.Snapshot.Pods.FirstOrDefault(pair => pair.Key.ToString() == pod.Name).Value?.Status?.Message;

    private (bool Done, string Detail) RoutesThere()
    {
        var missing = _routes.Missing(_routes.Read()).Count();
        var all = plan.Nodes.Length * 2;
        return (missing == 0, $"{all - missing} of {all} pod CIDRs");
    }

    private static (bool Done, string Detail) Count(IEnumerable<bool> states, string word)
    {
        var all = states.ToList();
        var reached = all.Count(state => state);
        return (all.Count > 0 && reached == all.Count, $"{reached} of {all.Count} {word}");
    }
}
