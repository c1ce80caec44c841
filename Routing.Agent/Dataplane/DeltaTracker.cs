namespace Routing.Agent.Dataplane;

/// <summary>What is wanted and what the kernel holds, as two maps; the work to do is their difference, kept up to date
/// as either side changes, so a failed or interrupted apply loses nothing. Not thread-safe: its loop owns it.</summary>
/// <param name="matches">Whether a wanted value (first) is what the kernel's value (second) already does.</param>
internal sealed class DeltaTracker<TKey, TValue>(Func<TValue, TValue, bool> matches)
    where TKey : notnull
{
    private readonly Dictionary<TKey, TValue> _desired = [];
    private readonly Dictionary<TKey, TValue> _actual = [];
    private readonly HashSet<TKey> _dirty = [];

    public IReadOnlyDictionary<TKey, TValue> Desired => _desired;

    public IReadOnlyDictionary<TKey, TValue> Actual => _actual;

    /// <summary>Keys whose two sides differ.</summary>
    public IReadOnlyCollection<TKey> Dirty => _dirty;

    public void SetDesired(TKey key, TValue value)
    {
        _desired[key] = value;
        Compare(key);
    }

    public void RemoveDesired(TKey key)
    {
        _desired.Remove(key);
        Compare(key);
    }

    public void SetActual(TKey key, TValue value)
    {
        _actual[key] = value;
        Compare(key);
    }

    public void RemoveActual(TKey key)
    {
        _actual.Remove(key);
        Compare(key);
    }

    /// <summary>The kernel was read again: this is all it holds.</summary>
    public void ReplaceActual(IEnumerable<KeyValuePair<TKey, TValue>> all)
    {
        _actual.Clear();
        foreach (var (key, value) in all)
        {
            _actual[key] = value;
        }

        _dirty.Clear();
        foreach (var key in _desired.Keys.Concat(_actual.Keys))
        {
            Compare(key);
        }
    }

    private void Compare(TKey key)
    {
        var wanted = _desired.TryGetValue(key, out var desired);
        var present = _actual.TryGetValue(key, out var actual);
        var same = wanted == present && (!wanted || matches(desired!, actual!));
        if (same)
        {
            _dirty.Remove(key);
        }
        else
        {
            _dirty.Add(key);
        }
    }
}
