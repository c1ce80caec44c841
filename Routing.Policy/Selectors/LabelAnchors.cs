using Routing.Policy.Model;

namespace Routing.Policy.Selectors;

/// <summary>Finds the few selectors that labels may fulfil among many: each is filed under one label value (or key)
/// that it demands, so labels only meet the selectors filed under them and those that demand nothing.</summary>
internal sealed class LabelAnchors<T>
    where T : class
{
    private readonly Dictionary<(string Key, string Value), HashSet<T>> _byValue = [];
    private readonly Dictionary<string, HashSet<T>> _byKey = new(StringComparer.Ordinal);
    private readonly HashSet<T> _unanchored = [];

    /// <summary>Files an item under its selector.</summary>
    public void Add(LabelSelector selector, T item)
    {
        if (Anchor(selector) is not { } anchor)
        {
            _unanchored.Add(item);
        }
        else if (anchor.Operator == SelectorOperator.Exists)
        {
            File(_byKey, anchor.Key, item);
        }
        else
        {
            foreach (var value in anchor.Values)
            {
                File(_byValue, (anchor.Key, value), item);
            }
        }
    }

    /// <summary>Takes an item out; the selector is the one it was added with.</summary>
    public void Remove(LabelSelector selector, T item)
    {
        if (Anchor(selector) is not { } anchor)
        {
            _unanchored.Remove(item);
        }
        else if (anchor.Operator == SelectorOperator.Exists)
        {
            Unfile(_byKey, anchor.Key, item);
        }
        else
        {
            foreach (var value in anchor.Values)
            {
                Unfile(_byValue, (anchor.Key, value), item);
            }
        }
    }

    /// <summary>Every item whose selector these labels may fulfil, each once; the caller asks the selector
    /// itself.</summary>
    public IEnumerable<T> Candidates(LabelSet labels)
    {
        foreach (var item in _unanchored)
        {
            yield return item;
        }

        foreach (var (key, value) in labels.Items)
        {
            if (_byValue.TryGetValue((key, value), out var withValue))
            {
                foreach (var item in withValue)
                {
                    yield return item;
                }
            }

            if (_byKey.TryGetValue(key, out var withKey))
            {
                foreach (var item in withKey)
                {
                    yield return item;
                }
            }
        }
    }

    /// <summary>The demand that rules out most: a value (of as few alternatives as possible), else that the label
    /// exists.</summary>
    private static Requirement? Anchor(LabelSelector selector) =>
        selector.Requirements.Where(one => one.Operator == SelectorOperator.In).MinBy(one => one.Values.Count)
        ?? selector.Requirements.FirstOrDefault(one => one.Operator == SelectorOperator.Exists);

    private static void File<TKey>(Dictionary<TKey, HashSet<T>> files, TKey key, T item)
        where TKey : notnull
    {
        if (!files.TryGetValue(key, out var file))
        {
            files.Add(key, file = []);
        }

        file.Add(item);
    }

    private static void Unfile<TKey>(Dictionary<TKey, HashSet<T>> files, TKey key, T item)
        where TKey : notnull
    {
        if (files.TryGetValue(key, out var file) && file.Remove(item) && file.Count == 0)
        {
            files.Remove(key);
        }
    }
}
