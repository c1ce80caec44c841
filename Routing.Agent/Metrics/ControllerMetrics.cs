using System.Collections.Concurrent;
using System.Diagnostics.Metrics;
using Routing.Agent.PolicyStatus;

namespace Routing.Agent.Metrics;

/// <summary>The controller's instruments, by kind of policy.</summary>
internal sealed class ControllerMetrics : IDisposable
{
    private readonly Meter _meter = new(AgentMetrics.MeterName);
    private readonly Counter<long> _written;
    private readonly Counter<long> _failed;
    private readonly ConcurrentDictionary<string, long> _pending = new(StringComparer.Ordinal);

    public ControllerMetrics(Leadership leadership)
    {
        _written = _meter.CreateCounter<long>("policy_status_writes", description: "Conditions of policies written.");
        _failed = _meter.CreateCounter<long>("policy_status_failures", description: "Conditions that could not be written.");
        _meter.CreateObservableGauge(
            "policy_status_pending", () => _pending.Select(one => new Measurement<long>(one.Value, Label(one.Key))),
            description: "Policies whose status is not as it should be.");
        _meter.CreateObservableGauge(
            "controller_leads", () => leadership.IsHeld ? 1 : 0, description: "1 when this controller holds the lease.");
    }

    public void OnWritten(string resource) => _written.Add(1, Label(resource));

    public void OnFailed(string resource) => _failed.Add(1, Label(resource));

    public void OnPending(string resource, int count) => _pending[resource] = count;

    public void Dispose() => _meter.Dispose();

    private static KeyValuePair<string, object?> Label(string resource) => new("resource", resource);
}
