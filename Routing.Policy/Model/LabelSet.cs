using System.Collections.Immutable;

namespace Routing.Policy.Model;

/// <summary>An object's labels, sorted by key; compares by value.</summary>
public sealed class LabelSet : IEquatable<LabelSet>
{
    private readonly ImmutableArray<KeyValuePair<string, string>> _sorted;

    private LabelSet(ImmutableArray<KeyValuePair<string, string>> sorted) => _sorted = sorted;

    /// <summary>No labels.</summary>
    public static LabelSet Empty { get; } = new([]);

    /// <summary>In ordinal order of the keys.</summary>
    public ImmutableArray<KeyValuePair<string, string>> Items => _sorted;

    /// <summary>Copies labels; keys are unique.</summary>
    public static LabelSet From(IEnumerable<KeyValuePair<string, string>>? labels) =>
        labels is null ? Empty : new([.. labels.OrderBy(label => label.Key, StringComparer.Ordinal)]);

    /// <summary>These labels with one more, or with another value.</summary>
    public LabelSet With(string key, string value) =>
        new([.. _sorted.Where(label => label.Key != key).Append(new(key, value))
            .OrderBy(label => label.Key, StringComparer.Ordinal)]);

    /// <summary>The value of a label; null when there is no such label.</summary>
    public string? Find(string key) => Find(key.AsSpan());

    /// <summary>The same for a part of a text.</summary>
    public string? Find(ReadOnlySpan<char> key)
    {
        // Pods have a handful of labels: a scan beats a hash table in time and memory.
        foreach (var label in _sorted)
        {
            if (key.SequenceEqual(label.Key))
            {
                return label.Value;
            }
        }

        return null;
    }

    /// <inheritdoc/>
    public bool Equals(LabelSet? other) => other is not null && _sorted.AsSpan().SequenceEqual(other._sorted.AsSpan());

    /// <inheritdoc/>
    public override bool Equals(object? obj) => Equals(obj as LabelSet);

    /// <inheritdoc/>
    public override int GetHashCode()
    {
        var hash = default(HashCode);
        foreach (var (key, value) in _sorted)
        {
            hash.Add(key);
            hash.Add(value);
        }

        return hash.ToHashCode();
    }

    /// <inheritdoc/>
    public override string ToString() => string.Join(',', _sorted.Select(label => $"{label.Key}={label.Value}"));
}
