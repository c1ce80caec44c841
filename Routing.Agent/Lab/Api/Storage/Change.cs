using System.Collections.Immutable;
using System.Text;

namespace Routing.Agent.Lab.Api.Storage;

/// <summary>One step of a kind's history. All watchers share it, and so its serialised lines.</summary>
/// <param name="type">What happened in the store; a watcher with a selector may see something else.</param>
/// <param name="current">The object after the change; of a deletion the last state, at the deletion's version.</param>
/// <param name="previous">The object before, null for the first.</param>
/// <param name="after">Everything of this kind after the change, sharing structure with its neighbours.</param>
internal sealed class Change(
    WatchEventType type,
    StoredObject current,
    StoredObject? previous,
    ImmutableSortedDictionary<ObjectKey, StoredObject> after)
{
    private static readonly byte[] Added = Encoding.UTF8.GetBytes("{\"type\":\"ADDED\",\"object\":");
    private static readonly byte[] Modified = Encoding.UTF8.GetBytes("{\"type\":\"MODIFIED\",\"object\":");
    private static readonly byte[] Deleted = Encoding.UTF8.GetBytes("{\"type\":\"DELETED\",\"object\":");

    private StoredObject? _departed;

    public WatchEventType Type { get; } = type;

    public StoredObject Current { get; } = current;

    public StoredObject? Previous { get; } = previous;

    public long Version => Current.Version;

    public ImmutableSortedDictionary<ObjectKey, StoredObject> After { get; } = after;

    /// <summary>What a watcher sees that selects with <paramref name="matches"/>: an object that comes to match is ADDED, one that
    /// ceases to is DELETED with the state that last matched.</summary>
    /// <returns>Null when it never saw the object.</returns>
    public (WatchEventType Type, StoredObject Object)? SeenBy(Func<StoredObject, bool> matches)
    {
        var before = Previous is not null && matches(Previous);
        if (Type == WatchEventType.Deleted)
        {
            return before ? (WatchEventType.Deleted, Current) : null;
        }

        return (before, matches(Current)) switch
        {
            (false, true) => (WatchEventType.Added, Current),
            (true, true) => (WatchEventType.Modified, Current),
            (true, false) => (WatchEventType.Deleted, _departed ??= Previous!.At(Version)),
            _ => null,
        };
    }

    /// <summary>The start of a watch line, up to the object.</summary>
    public static ReadOnlyMemory<byte> LineStart(WatchEventType type) => type switch
    {
        WatchEventType.Added => Added,
        WatchEventType.Modified => Modified,
        _ => Deleted,
    };
}
