using System.Collections.Immutable;
using k8s;
using k8s.Models;

namespace Routing.Agent.KubeApi;

/// <summary>What a <see cref="ResourceWatch{T}"/> tells its consumer. Applying the events in order to an empty dictionary keyed
/// by namespace and name gives the API server's state, whatever happened to the connection in between.</summary>
public abstract record ResourceEvent<T>
    where T : IKubernetesObject<V1ObjectMeta>
{
    private ResourceEvent()
    {
    }

    /// <summary>The whole list: the first event of every watch, and again after a gap that could not be bridged. What is not in
    /// it does not exist any more.</summary>
    public sealed record Replaced(ImmutableArray<T> Items) : ResourceEvent<T>
    {
        /// <summary>Those of which something cannot be read. They exist.</summary>
        public ImmutableArray<UnreadableObject<T>> UnreadableItems { get; init; } = [];
    }

    /// <summary>The object is new or changed. May repeat what the consumer already has.</summary>
    public sealed record Upserted(T Item) : ResourceEvent<T>;

    /// <summary>The object is new or changed, and something of it cannot be read.</summary>
    public sealed record Unreadable(UnreadableObject<T> Object) : ResourceEvent<T>;

    /// <summary>The object is gone, or left the selector. <paramref name="Item"/> is its last known state.</summary>
    public sealed record Deleted(T Item) : ResourceEvent<T>;

    /// <summary>The API server cannot be followed for now: what comes after this is of a later time than what the watches of other
    /// kinds have told, until <see cref="Resumed"/>.</summary>
    public sealed record Interrupted : ResourceEvent<T>;

    /// <summary>It is followed again; a list that was needed for it has come before this.</summary>
    public sealed record Resumed : ResourceEvent<T>;
}
