using System.Diagnostics.Metrics;

namespace Routing.Agent.Metrics;

/// <summary>The agent's instruments. Labels take values from small fixed sets or from configured peers only, so their
/// number is bounded whatever pods and routes do.</summary>
internal sealed class AgentMetrics : IDisposable
{
    /// <summary>Name of the meter; the exporter puts it before every instrument's name, as in
    /// routing_fib_routes.</summary>
    public const string MeterName = "routing";

    private readonly Meter _meter = new(MeterName);
    private readonly Counter<long> _routesWritten;
    private readonly Counter<long> _routesRemoved;
    private readonly Counter<long> _routeFailures;
    private readonly Counter<long> _rulesetApplies;
    private readonly Counter<long> _rulesetFailures;
    private readonly Counter<long> _connectionsRemoved;
    private readonly Counter<long> _conntrackFailures;
    private readonly Counter<long> _packetsReported;
    private readonly Counter<long> _packetsStaged;
    private readonly Counter<long> _rulesetDisagreements;
    private readonly Histogram<double> _rulesetSeconds;
    private readonly Histogram<double> _commitSeconds;

    public AgentMetrics()
    {
        _routesWritten = _meter.CreateCounter<long>(
            "fib_routes_written", description: "Routes added to or replaced in the kernel.");
        _routesRemoved = _meter.CreateCounter<long>(
            "fib_routes_removed", description: "Routes of ours removed from the kernel.");
        _routeFailures = _meter.CreateCounter<long>(
            "fib_route_failures", description: "Routes the kernel refused.");
        _rulesetApplies = _meter.CreateCounter<long>(
            "ruleset_applies", description: "Batches of packet filter changes committed.");
        _rulesetFailures = _meter.CreateCounter<long>(
            "ruleset_failures", description: "Batches of packet filter changes the kernel refused.");
        _connectionsRemoved = _meter.CreateCounter<long>(
            "conntrack_connections_removed", description: "Connections ended because a change forbids them.");
        _conntrackFailures = _meter.CreateCounter<long>(
            "conntrack_failures", description: "Looks for forbidden connections that the kernel refused.");
        _packetsReported = _meter.CreateCounter<long>(
            "policy_reported_packets",
            description: "Packets that the kernel reported within its limit, by the policy that decided.");
        _packetsStaged = _meter.CreateCounter<long>(
            "policy_staged_packets",
            description: "Reported packets of which staged policies would have decided otherwise, by that policy.");
        _rulesetDisagreements = _meter.CreateCounter<long>(
            "ruleset_disagreements", description: "Rulesets the verifier refused: they do not do what the policies say.");
        _rulesetSeconds = _meter.CreateHistogram<double>(
            "ruleset_apply_seconds", "s", "Time to compile and commit the packet filter.");
        _commitSeconds = _meter.CreateHistogram<double>(
            "pod_commit_seconds", "s", "Time from a pod's ADD until its rules were in the kernel.");
    }

    public void OnRoutesApplied(int written, int removed, int failed)
    {
        _routesWritten.Add(written);
        _routesRemoved.Add(removed);
        _routeFailures.Add(failed);
    }

    public void OnRulesetApplied(TimeSpan duration)
    {
        _rulesetApplies.Add(1);
        _rulesetSeconds.Record(duration.TotalSeconds);
    }

    public void OnRulesetFailed() => _rulesetFailures.Add(1);

    public void OnConnectionsRemoved(int count) => _connectionsRemoved.Add(count);

    public void OnConntrackFailed() => _conntrackFailures.Add(1);

    public void OnRulesetDisagreed() => _rulesetDisagreements.Add(1);

    public void OnPodCommitted(TimeSpan duration) => _commitSeconds.Record(duration.TotalSeconds);

    public void OnPacketsReported(long packets, string direction, string verdict, string policy) =>
        _packetsReported.Add(packets, Labels(direction, verdict, policy));

    public void OnPacketsStaged(long packets, string direction, string verdict, string policy) =>
        _packetsStaged.Add(packets, Labels(direction, verdict, policy));

    /// <summary>Adds a counter with a value per label that somebody else counts, read when someone scrapes.</summary>
    public void AddCounter(string name, string description, Func<IEnumerable<Measurement<long>>> read) =>
        _meter.CreateObservableCounter(name, read, description: description);

    /// <summary>Adds a counter that somebody else counts, read when someone scrapes.</summary>
    public void AddCounter(string name, string description, Func<long> read) =>
        _meter.CreateObservableCounter(name, read, description: description);

    /// <summary>Adds a gauge that is read when someone scrapes.</summary>
    public void AddGauge(string name, string description, Func<long> read) =>
        _meter.CreateObservableGauge(name, read, description: description);

    /// <summary>Adds a gauge with a value per label, read when someone scrapes.</summary>
    public void AddGauge(string name, string description, Func<IEnumerable<Measurement<long>>> read) =>
        _meter.CreateObservableGauge(name, read, description: description);

    public void Dispose() => _meter.Dispose();

    private static KeyValuePair<string, object?>[] Labels(string direction, string verdict, string policy) =>
        [new("direction", direction), new("verdict", verdict), new("policy", policy)];
}
