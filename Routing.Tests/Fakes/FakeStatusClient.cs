using k8s.Models;
using Routing.Agent.KubeApi;
using Routing.Agent.PolicyStatus;
using Routing.Policy.Translate.ClusterPolicies;

namespace Routing.Tests.Fakes;

/// <summary>Notes what is written, and refuses on request.</summary>
internal sealed class FakeStatusClient : IStatusClient
{
    private readonly Lock _lock = new();
    private readonly List<(string Policy, V1Condition Condition)> _written = [];
    private readonly Queue<Exception> _refusals = [];
    private int _calls;

    /// <summary>In order.</summary>
    public IReadOnlyList<(string Policy, V1Condition Condition)> Written
    {
        get
        {
            lock (_lock)
            {
                return [.. _written];
            }
        }
    }

    /// <summary>Those that were refused, too.</summary>
    public int Calls
    {
        get
        {
            lock (_lock)
            {
                return _calls;
            }
        }
    }

    /// <summary>The next calls fail so, one each.</summary>
    public void Refuse(params Exception[] refusals)
    {
        lock (_lock)
        {
            refusals.ToList().ForEach(_refusals.Enqueue);
        }
    }

    public Task ApplyAsync(
        ResourceSource source, ClusterPolicyResource policy, V1Condition condition, CancellationToken cancellationToken)
    {
        lock (_lock)
        {
            _calls++;
            if (_refusals.TryDequeue(out var refusal))
            {
                return Task.FromException(refusal);
            }

            _written.Add((policy.Metadata.Name, condition));
            return Task.CompletedTask;
        }
    }
}
