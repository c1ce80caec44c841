using System.Collections.Immutable;
using k8s;
using k8s.Autorest;
using k8s.Models;
using Routing.Agent.Dataplane;
using Routing.Agent.Lab.Cluster;

namespace Routing.Agent.Lab.Kubelet;

/// <summary>Binds pods without a node to the node with the fewest, the first of equals, so that the same manifests always give
/// the same cluster.</summary>
internal sealed class PodScheduler(ImmutableArray<string> nodes, ClusterMirror mirror, Kubernetes client)
{
    private readonly HashSet<string> _bound = []; // UIDs whose binding the watch may not show yet

    public async Task RunAsync(CancellationToken cancellationToken)
    {
        var wake = new WakeSignal();
        mirror.Subscribe(_ => wake.Set());
        while (true)
        {
            await ScheduleAsync(mirror.Snapshot, cancellationToken);
            await wake.WaitAsync(cancellationToken);
        }
    }

    private async Task ScheduleAsync(ClusterSnapshot snapshot, CancellationToken cancellationToken)
    {
        var load = nodes.ToDictionary(node => node, node => snapshot.Pods.Values.Count(pod => pod.Spec.NodeName == node));
        foreach (var (name, pod) in snapshot.Pods)
        {
            if (!string.IsNullOrEmpty(pod.Spec.NodeName) || pod.Metadata.DeletionTimestamp is not null
                || !_bound.Add(pod.Metadata.Uid))
            {
                continue;
            }

            var node = nodes.MinBy(candidate => load[candidate])!;
            load[node]++;
            try
            {
                await client.CoreV1.CreateNamespacedPodBindingAsync(
                    new V1Binding { Metadata = new() { Name = name.Name }, Target = new() { Kind = "Node", Name = node } },
                    name.Name, name.Namespace, cancellationToken: cancellationToken);
            }
            catch (HttpOperationException)
            {
                _bound.Remove(pod.Metadata.Uid); // deleted or bound by hand meanwhile: the watch will tell
            }
        }
    }
}
