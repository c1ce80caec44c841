using System.Text.Json.Nodes;

namespace Routing.Agent.Lab.Api.Apply;

/// <summary>A set of fields of an object, as metadata.managedFields writes it (FieldsV1): a tree whose steps are "f:name" for a
/// field, "k:{...}" for a list element by its keys and "v:..." for an element of a set. "." says that the node itself is
/// in the set and not only what is below it. Immutable.</summary>
internal sealed class FieldSet
{
    private readonly SortedDictionary<string, FieldSet> _children;

    private FieldSet(bool self, SortedDictionary<string, FieldSet> children) => (Self, _children) = (self, children);

    public static FieldSet Empty { get; } = new(false, new(StringComparer.Ordinal));

    /// <summary>The node itself and nothing below.</summary>
    public static FieldSet Leaf { get; } = new(true, new(StringComparer.Ordinal));

    /// <summary>The node itself is a member.</summary>
    public bool Self { get; }

    public bool IsEmpty => !Self && _children.Count == 0;

    public FieldSet? Child(string step) => _children.GetValueOrDefault(step);

    /// <summary>A node with its children; empty children are dropped.</summary>
    public static FieldSet Node(bool self, IEnumerable<KeyValuePair<string, FieldSet>> children)
    {
        var kept = new SortedDictionary<string, FieldSet>(StringComparer.Ordinal);
        foreach (var (step, child) in children)
        {
            if (!child.IsEmpty)
            {
                kept[step] = child;
            }
        }

        return new FieldSet(self, kept);
    }

    public FieldSet Union(FieldSet other) => Node(
        Self || other.Self,
        _children.Keys.Union(other._children.Keys).Select(step => KeyValuePair.Create(
            step, (Child(step), other.Child(step)) switch
            {
                ({ } mine, { } theirs) => mine.Union(theirs),
                ({ } mine, null) => mine,
                (_, var theirs) => theirs!,
            })));

    public FieldSet Except(FieldSet other) => Node(
        Self && !other.Self,
        _children.Select(pair => other.Child(pair.Key) is { } theirs
            ? KeyValuePair.Create(pair.Key, pair.Value.Except(theirs))
            : pair));

    public FieldSet Intersect(FieldSet other) => Node(
        Self && other.Self,
        _children.Where(pair => other._children.ContainsKey(pair.Key))
            .Select(pair => KeyValuePair.Create(pair.Key, pair.Value.Intersect(other._children[pair.Key]))));

    /// <summary>Something at or below a path is a member.</summary>
    public bool OwnsBelow(IEnumerable<string> path)
    {
        var at = this;
        foreach (var step in path)
        {
            if (at.Child(step) is not { } next)
            {
                return false;
            }

            at = next;
        }

        return !at.IsEmpty;
    }

    /// <summary>Every member's path, outer ones first.</summary>
    public IEnumerable<IReadOnlyList<string>> Paths() => Paths([]);

    public JsonObject ToJson()
    {
        var node = new JsonObject();
        // A leaf is written {}; the dot is only needed to tell a member with children from a mere step towards them.
        if (Self && _children.Count > 0)
        {
            node["."] = new JsonObject();
        }

        foreach (var (step, child) in _children)
        {
            node[step] = child.ToJson();
        }

        return node;
    }

    public static FieldSet FromJson(JsonNode? node)
    {
        if (node is not JsonObject { Count: > 0 } map)
        {
            return Leaf;
        }

        return Node(
            map.ContainsKey("."),
            map.Where(pair => pair.Key != ".").Select(pair => KeyValuePair.Create(pair.Key, FromJson(pair.Value))));
    }

    private IEnumerable<IReadOnlyList<string>> Paths(IReadOnlyList<string> above)
    {
        if (Self)
        {
            yield return above;
        }

        foreach (var (step, child) in _children)
        {
            foreach (var path in child.Paths([.. above, step]))
            {
                yield return path;
            }
        }
    }
}
