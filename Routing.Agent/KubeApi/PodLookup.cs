using k8s;
using k8s.Autorest;
using Routing.Agent.Dataplane;
using Routing.Policy.Model;
using Routing.Policy.Translate;

namespace Routing.Agent.KubeApi;

/// <inheritdoc/>
internal sealed class PodLookup(Kubernetes client, TimeSpan timeout, TimeProvider time) : IPodLookup
{
    public async Task<PodView?> FindAsync(NamespacedName pod, CancellationToken cancellationToken)
    {
        using var deadline = new CancellationTokenSource(timeout, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(deadline.Token, cancellationToken);
        try
        {
            return PodTranslator.Translate(
                await client.CoreV1.ReadNamespacedPodAsync(pod.Name, pod.Namespace, cancellationToken: either.Token));
        }
        catch (HttpOperationException e) when (e.Response.StatusCode == System.Net.HttpStatusCode.NotFound)
        {
            return null;
        }
        catch (Exception e) when (ApiFailure.IsTheWorlds(e, cancellationToken))
        {
            throw new PodUnknownException($"the API server could not be asked for it: {e.Message}", e);
        }
    }
}
