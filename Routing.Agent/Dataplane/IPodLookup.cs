using Routing.Policy.Model;

namespace Routing.Agent.Dataplane;

/// <summary>Asks the API server for one pod, when an ADD is faster than the watch.</summary>
internal interface IPodLookup
{
    /// <returns>Null when there is no such pod.</returns>
    /// <exception cref="PodUnknownException">The API server could not be asked.</exception>
    Task<PodView?> FindAsync(NamespacedName pod, CancellationToken cancellationToken);
}
