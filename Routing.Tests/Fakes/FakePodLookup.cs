using System.Collections.Concurrent;
using Routing.Agent.Dataplane;
using Routing.Policy.Model;

namespace Routing.Tests.Fakes;

/// <summary>An API server that can be asked for one pod.</summary>
internal sealed class FakePodLookup : IPodLookup
{
    public ConcurrentDictionary<NamespacedName, PodView> Pods { get; } = [];

    /// <summary>The API server cannot be reached.</summary>
    public bool Unreachable { get; set; }

    public int Calls { get; private set; }

    public Task<PodView?> FindAsync(NamespacedName pod, CancellationToken cancellationToken)
    {
        Calls++;
        return Unreachable
            ? throw new PodUnknownException("the API server cannot be reached")
            : Task.FromResult(Pods.GetValueOrDefault(pod));
    }
}
