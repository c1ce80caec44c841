using System.Collections.Immutable;
using k8s;
using k8s.Models;
using Microsoft.Extensions.Logging.Abstractions;
using Routing.Agent.Dataplane;
using Routing.Agent.KubeApi;
using Routing.Policy.Model;

namespace Routing.Agent.Lab.Cluster;

/// <summary>Follows pods, namespaces, policies and what else these are made from, and tells who listens that something changed. Listeners
/// compare the newest snapshot with what they have done: they miss nothing by being slow.</summary>
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
    public Task RunAsync(CancellationToken cancellationToken)
    {
        var others = new OtherKinds(this, cancellationToken);
        foreach (var input in PolicyInputs.All.Where(input => input.IsOptional))
        {
            input.Accept(others);
        }

        return Task.WhenAll([
            FollowAsync<V1Namespace, V1Namespace>(
                [], item => item, (s, change) => s with { Namespaces = change(s.Namespaces) }, cancellationToken),
            FollowAsync<V1NetworkPolicy, V1NetworkPolicy>(
                [], item => item, (s, change) => s with { Policies = change(s.Policies) }, cancellationToken),
            FollowAsync<V1Pod, V1Pod>([], item => item, (s, change) => s with { Pods = change(s.Pods) }, cancellationToken),
            .. others.Running]);
    }

    private async Task FollowAsync<T, TKept>(
        ImmutableArray<ResourceSource> sources, Func<T, TKept> keep, Func<ClusterSnapshot, Change<TKept>, ClusterSnapshot> update,
        CancellationToken cancellationToken)
        where T : IKubernetesObject<V1ObjectMeta>
    {
        var watch = new ResourceWatch<T>(client, new ResourceWatchOptions { Sources = sources }, NullLogger.Instance, time);
        var running = watch.RunAsync(cancellationToken);
        await foreach (var change in watch.Events.ReadAllAsync(cancellationToken))
        {
            Publish(snapshot => update(snapshot, objects => change switch
            {
                ResourceEvent<T>.Replaced(var items) => items.ToImmutableSortedDictionary(NameOf, keep),
                ResourceEvent<T>.Upserted(var item) => objects.SetItem(NameOf(item), keep(item)),
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

    /// <summary>Follows each of them, which is no object where it is not defined.</summary>
    private sealed class OtherKinds(ClusterMirror mirror, CancellationToken cancellationToken) : IPolicyInputVisitor
    {
        public List<Task> Running { get; } = [];

        public void Visit<TResource, TModel>(PolicyInput<TResource, TModel> input)
            where TResource : IKubernetesObject<V1ObjectMeta>
            where TModel : class => Running.Add(mirror.FollowAsync<TResource, object>(
                input.Sources,
                item => input.Translate(item).Value,
                (s, change) => s with
                {
                    Others = s.Others.SetItem(input, change(
                        s.Others.GetValueOrDefault(input, ImmutableSortedDictionary<NamespacedName, object>.Empty))),
                },
                cancellationToken));
    }

    private delegate ImmutableSortedDictionary<NamespacedName, T> Change<T>(ImmutableSortedDictionary<NamespacedName, T> objects);
}
