using System.Collections.Immutable;
using k8s;
using k8s.Models;
using Microsoft.Extensions.Logging.Abstractions;
using Routing.Agent.KubeApi;
using Routing.Policy.Model;

namespace Routing.Agent.Lab.Cluster;

/// <summary>Follows pods, namespaces and policies, and tells who listens that something changed. Listeners compare the newest
/// snapshot with what they have done: they miss nothing by being slow.</summary>
internal sealed class ClusterMirror(Kubernetes client, TimeProvider time)
{
    private readonly Lock _lock = new();
    private readonly List<Action<ClusterSnapshot>> _listeners = [];
    private ClusterSnapshot _snapshot = new();

    /// <summary>The newest state.</summary>
    public ClusterSnapshot Snapshot
    {
        get
        {
            lock (_lock)
            {
                return _snapshot;
            }
        }
    }

    /// <summary>Calls back after every change, on a watch's task: only to note it.</summary>
    public void Subscribe(Action<ClusterSnapshot> onChange)
    {
        lock (_lock)
        {
            _listeners.Add(onChange);
        }
    }

    /// <summary>Runs the watches until cancelled.</summary>
    public Task RunAsync(CancellationToken cancellationToken) => Task.WhenAll(
        FollowAsync<V1Namespace>((s, change) => s with { Namespaces = change(s.Namespaces) }, cancellationToken),
        FollowAsync<V1NetworkPolicy>((s, change) => s with { Policies = change(s.Policies) }, cancellationToken),
        FollowAsync<V1Pod>((s, change) => s with { Pods = change(s.Pods) }, cancellationToken));

    private async Task FollowAsync<T>(
        Func<ClusterSnapshot, Change<T>, ClusterSnapshot> update, CancellationToken cancellationToken)
        where T : class, IKubernetesObject<V1ObjectMeta>
    {
        var watch = new ResourceWatch<T>(client, new ResourceWatchOptions(), NullLogger.Instance, time);
        var running = watch.RunAsync(cancellationToken);
        await foreach (var change in watch.Events.ReadAllAsync(cancellationToken))
        {
            Publish(snapshot => update(snapshot, objects => change switch
            {
                ResourceEvent<T>.Replaced(var items) => items.ToImmutableSortedDictionary(NameOf, item => item),
                ResourceEvent<T>.Upserted(var item) => objects.SetItem(NameOf(item), item),
                ResourceEvent<T>.Deleted(var item) => objects.Remove(NameOf(item)),
                _ => objects,
            }));
        }

        await running;
    }

    private void Publish(Func<ClusterSnapshot, ClusterSnapshot> update)
    {
        Action<ClusterSnapshot>[] listeners;
        ClusterSnapshot snapshot;
        lock (_lock)
        {
            snapshot = _snapshot = update(_snapshot);
            listeners = [.. _listeners];
        }

        foreach (var listener in listeners)
        {
            listener(snapshot);
        }
    }

    private static NamespacedName NameOf<T>(T item)
        where T : IKubernetesObject<V1ObjectMeta> => new(item.Metadata.NamespaceProperty ?? "", item.Metadata.Name);

    private delegate ImmutableSortedDictionary<NamespacedName, T> Change<T>(ImmutableSortedDictionary<NamespacedName, T> objects);
}
