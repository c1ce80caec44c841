using Routing.Policy.Model;

namespace Routing.Policy.Selectors;

/// <summary>Finds the selectors that labels may fulfil among many: each is filed under one label value (or key)
/// that it demands, so labels only meet the selectors filed under them and those that demand nothing.</summary>
internal sealed class LabelAnchors<T>
    where T : class
{
    private readonly SmallMap<(LabelSource Source, string Key, string Value), SmallSet<T>> _byValue = new();
    private readonly SmallMap<(LabelSource Source, string Key), SmallSet<T>> _byKey = new();
    private readonly SmallSet<T> _unanchored = [];
    private int _inherited; // filed under labels that are not the endpoint's own

    /// <summary>Files an item under its selector.</summary>
    public void Add(LabelSelector selector, T item)
    {
        if (Anchor(selector) is not { } anchor)
        {
            _unanchored.Add(item);
            return;
        }

        var (source, key) = SourceOf(anchor.Key);
        _inherited += source == LabelSource.Own ? 0 : 1;
        if (anchor.Operator == SelectorOperator.Exists)
        {
            File(_byKey, (source, key), item);
            return;
        }

        foreach (var value in anchor.Values)
        {
            File(_byValue, (source, key, value), item);
        }
    }

    /// <summary>Takes an item out; the selector is the one it was added with.</summary>
    public void Remove(LabelSelector selector, T item)
    {
        if (Anchor(selector) is not { } anchor)
        {
            _unanchored.Remove(item);
            return;
        }

        var (source, key) = SourceOf(anchor.Key);
        _inherited -= source == LabelSource.Own ? 0 : 1;
        if (anchor.Operator == SelectorOperator.Exists)
        {
            Unfile(_byKey, (source, key), item);
            return;
        }

        foreach (var value in anchor.Values)
        {
            Unfile(_byValue, (source, key, value), item);
        }
    }

    /// <summary>Every item whose selector these labels may fulfil, each once unless a label hides an inherited one; the caller
    /// asks the selector itself.</summary>
    public IEnumerable<T> Candidates(EndpointLabels labels)
    {
        foreach (var item in _unanchored)
        {
            yield return item;
        }

        foreach (var (key, value) in labels.Own.Items)
        {
            var (source, name) = SourceOf(key);
            foreach (var item in Filed(source, name, value))
            {
                yield return item;
            }
        }

        foreach (var (key, value) in labels.Derived())
        {
            foreach (var item in Filed(LabelSource.Own, key, value))
            {
                yield return item;
            }
        }

        if (_inherited == 0)
        {
            yield break;
        }

        foreach (var (key, value) in labels.OfNamespace())
        {
            foreach (var item in Filed(LabelSource.Namespace, key, value))
            {
                yield return item;
            }
        }

        foreach (var (key, value) in labels.OfAccount())
        {
            foreach (var item in Filed(LabelSource.Account, key, value))
            {
                yield return item;
            }
        }
    }

    private IEnumerable<T> Filed(LabelSource source, string key, string value)
    {
        var hasValue = _byValue.TryGetValue((source, key, value), out var withValue);
        return _byKey.TryGetValue((source, key), out var withKey)
            ? hasValue ? withValue!.Concat(withKey) : withKey
            : hasValue ? withValue! : [];
    }

    private static (LabelSource Source, string Key) SourceOf(string key) =>
        key.StartsWith(EndpointLabels.NamespacePrefix, StringComparison.Ordinal)
            ? (LabelSource.Namespace, key[EndpointLabels.NamespacePrefix.Length..])
            : key.StartsWith(EndpointLabels.AccountPrefix, StringComparison.Ordinal)
                ? (LabelSource.Account, key[EndpointLabels.AccountPrefix.Length..])
                : (LabelSource.Own, key);

    /// <summary>The demand that rules out most: a value (of as few alternatives as possible), else that the label
    /// exists.</summary>
    private static Requirement? Anchor(LabelSelector selector) =>
        selector.Requirements.Where(one => one.Operator == SelectorOperator.In).MinBy(one => one.Values.Count)
        ?? selector.Requirements.FirstOrDefault(one => one.Operator == SelectorOperator.Exists);

    private static void File<TKey>(SmallMap<TKey, SmallSet<T>> files, TKey key, T item)
        where TKey : notnull => (files.GetValueRefOrAddDefault(key, out _) ??= []).Add(item);

    private static void Unfile<TKey>(SmallMap<TKey, SmallSet<T>> files, TKey key, T item)
        where TKey : notnull
    {
        if (files.TryGetValue(key, out var file) && file.Remove(item) && file.Count == 0)
        {
            files.Remove(key, out _);
        }
    }
}
