using System.Collections.Immutable;

namespace Routing.Agent.Lab.Api.Storage;

/// <summary>One kind's objects now and its last changes. Guarded by <see cref="ObjectStore"/>'s lock.</summary>
/// <param name="size">How many changes are kept, at least.</param>
/// <param name="start">The store's version when this history begins.</param>
internal sealed class ResourceHistory(int size, long start)
{
    private readonly List<Change> _changes = []; // by version; the head is cut off in one go when it reached twice the size

    private ImmutableSortedDictionary<ObjectKey, StoredObject> _atOldest =
        ImmutableSortedDictionary<ObjectKey, StoredObject>.Empty;

    private TaskCompletionSource _changed = NewSignal();

    public ImmutableSortedDictionary<ObjectKey, StoredObject> Objects { get; private set; } =
        ImmutableSortedDictionary<ObjectKey, StoredObject>.Empty;

    /// <summary>Changes after this version are known; a watch from an older one has expired.</summary>
    public long Oldest { get; private set; } = start;

    /// <summary>Completes at the next change.</summary>
    public Task Changed => _changed.Task;

    public void Append(Change change)
    {
        Objects = change.After;
        _changes.Add(change);
        if (_changes.Count > 2 * size)
        {
            var last = _changes[_changes.Count - size - 1];
            (Oldest, _atOldest) = (last.Version, last.After);
            _changes.RemoveRange(0, _changes.Count - size);
        }

        var signal = _changed;
        _changed = NewSignal();
        signal.SetResult();
    }

    /// <summary>Forgets every change, as compaction does: only the present can be listed and watched from.</summary>
    public void Compact(long version)
    {
        (Oldest, _atOldest) = (version, Objects);
        _changes.Clear();
    }

    /// <summary>Changes after <paramref name="version"/>, oldest first, at most <paramref name="most"/>.</summary>
    public Change[] After(long version, int most)
    {
        var first = FirstAfter(version);
        var count = Math.Min(most, _changes.Count - first);
        return count == 0 ? [] : _changes.GetRange(first, count).ToArray();
    }

    /// <summary>All objects as they were at <paramref name="version"/>, or null when that is out of the window.</summary>
    public ImmutableSortedDictionary<ObjectKey, StoredObject>? At(long version)
    {
        if (version < Oldest)
        {
            return null;
        }

        var next = FirstAfter(version);
        return next == 0 ? _atOldest : _changes[next - 1].After;
    }

    private int FirstAfter(long version)
    {
        int low = 0, high = _changes.Count;
        while (low < high)
        {
            var middle = (low + high) / 2;
            if (_changes[middle].Version <= version)
            {
                low = middle + 1;
            }
            else
            {
                high = middle;
            }
        }

        return low;
    }

    private static TaskCompletionSource NewSignal() => new(TaskCreationOptions.RunContinuationsAsynchronously);
}
