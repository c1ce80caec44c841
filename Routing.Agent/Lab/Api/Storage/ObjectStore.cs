using System.Collections.Immutable;
using System.Text.Json.Nodes;

namespace Routing.Agent.Lab.Api.Storage;

/// <summary>All objects, in memory only, under one counter of versions as in etcd. One lock covers a whole read-modify-write, so a
/// change is judged against the state it is applied to. Watchers pull: nothing is queued per watcher, and a slow one
/// costs nothing until it falls out of the history.</summary>
internal sealed class ObjectStore
{
    private readonly Lock _gate = new();
    private readonly Dictionary<string, ResourceHistory> _resources = new(StringComparer.Ordinal);
    private readonly int _historySize;
    private readonly long _firstVersion;
    private long _version;

    /// <param name="historySize">Changes kept per kind.</param>
    /// <param name="firstVersion">The version before the first write.</param>
    public ObjectStore(int historySize, long firstVersion) =>
        (_historySize, _firstVersion, _version) = (historySize, firstVersion, firstVersion);

    /// <summary>Called inside the lock after each change, with the resource; for what must follow at once, as a new CRD's
    /// endpoints must.</summary>
    public Action<string, Change>? Committed { get; set; }

    /// <summary>The newest version given.</summary>
    public long Version
    {
        get
        {
            lock (_gate)
            {
                return _version;
            }
        }
    }

    public StoredObject? Find(string resource, ObjectKey key)
    {
        lock (_gate)
        {
            return History(resource).Objects.GetValueOrDefault(key);
        }
    }

    public ListSnapshot List(string resource)
    {
        lock (_gate)
        {
            return new ListSnapshot(History(resource).Objects, _version);
        }
    }

    /// <summary>The list as it was; null when that version is no longer, or not yet, known.</summary>
    public ListSnapshot? ListAt(string resource, long version)
    {
        lock (_gate)
        {
            return version <= _version && History(resource).At(version) is { } objects
                ? new ListSnapshot(objects, version)
                : null;
        }
    }

    /// <summary>What happened to a kind after <paramref name="version"/>.</summary>
    public ChangeBatch Read(string resource, long version, int most)
    {
        lock (_gate)
        {
            var history = History(resource);
            return version < history.Oldest
                ? new ChangeBatch(true, [], _version, history.Changed)
                : new ChangeBatch(false, history.After(version, most), _version, history.Changed);
        }
    }

    /// <summary>Changes one object atomically. <paramref name="change"/> gets what is stored (or null) and returns a document of its
    /// own to store instead, null to remove it, or the stored document itself to leave it; it refuses by throwing.</summary>
    /// <returns>The object after the change; after a removal its last state, at the removal's version.</returns>
    public StoredObject? Change(string resource, ObjectKey key, Func<StoredObject?, JsonObject?> change, bool dryRun)
    {
        lock (_gate)
        {
            var history = History(resource);
            var old = history.Objects.GetValueOrDefault(key);
            var document = change(old);
            if (ReferenceEquals(document, old?.Document))
            {
                return old;
            }

            if (document is null)
            {
                return dryRun ? old : Commit(resource, history, WatchEventType.Deleted, old!.At(_version + 1), old);
            }

            if (dryRun)
            {
                return new StoredObject(key, old?.Version ?? 0, document);
            }

            document.Object("metadata")["resourceVersion"] = JsonText.Number(_version + 1);
            var current = new StoredObject(key, _version + 1, ObjectOrder.Canonical(document));
            return Commit(resource, history, old is null ? WatchEventType.Added : WatchEventType.Modified, current, old);
        }
    }

    /// <summary>Runs several changes as one; the lock is re-entrant.</summary>
    public T Atomically<T>(Func<T> work)
    {
        lock (_gate)
        {
            return work();
        }
    }

    /// <summary>Forgets the history, so that every position before now has expired.</summary>
    public void Compact()
    {
        lock (_gate)
        {
            foreach (var history in _resources.Values)
            {
                history.Compact(_version);
            }
        }
    }

    private StoredObject Commit(
        string resource, ResourceHistory history, WatchEventType type, StoredObject current, StoredObject? old)
    {
        _version = current.Version;
        var after = type == WatchEventType.Deleted
            ? history.Objects.Remove(current.Key)
            : history.Objects.SetItem(current.Key, current);
        var committed = new Change(type, current, old, after);
        history.Append(committed);
        Committed?.Invoke(resource, committed);
        return current;
    }

    private ResourceHistory History(string resource)
    {
        if (!_resources.TryGetValue(resource, out var history))
        {
            // Nothing of this kind was ever written, so its history is complete from the very first version.
            _resources[resource] = history = new ResourceHistory(_historySize, _firstVersion);
        }

        return history;
    }
}
