using Routing.Agent.Dataplane.Live;

namespace Routing.Agent.Dataplane.Counts;

/// <summary>Tells of the counters of sets or chains, which only grow until they begin anew, by how much they have grown since the
/// last look.</summary>
/// <typeparam name="TKey">What counts, as long as it is not made anew.</typeparam>
internal sealed class LastCounts<TKey>
    where TKey : notnull
{
    private readonly Dictionary<string, Dictionary<TKey, KernelCount>?> _last = new(StringComparer.Ordinal); // null: lost

    /// <summary>Numbers that are kept.</summary>
    public int Size => _last.Values.Sum(last => last?.Count ?? 0);

    /// <summary>Those that <see cref="Lose"/> was said of, and no look was taken at since.</summary>
    public IEnumerable<string> Lost => _last.Where(one => one.Value is null).Select(one => one.Key);

    /// <summary>Takes what a set's or chain's counters say now; what is not among them has nothing to say, or is gone, and begins anew
    /// when it comes back.</summary>
    /// <param name="name">The set or chain.</param>
    /// <param name="counts">Those that have counted something.</param>
    /// <returns>How much more it is, of those of which it is more.</returns>
    public List<(TKey Key, KernelCount More)> Take(string name, IEnumerable<(TKey Key, KernelCount Count)> counts)
    {
        var isLost = _last.TryGetValue(name, out var last) && last is null;
        var now = new Dictionary<TKey, KernelCount>(last?.Count ?? 0);
        var more = new List<(TKey, KernelCount)>();
        foreach (var (key, count) in counts)
        {
            now[key] = count;
            var before = last?.GetValueOrDefault(key) ?? default;
            if (count.Packets < before.Packets || count.Octets < before.Octets)
            {
                before = default; // it has begun anew
            }

            if (count.Packets > before.Packets && !isLost)
            {
                more.Add((key, new KernelCount(count.Packets - before.Packets, count.Octets - before.Octets)));
            }
        }

        _last[name] = now;
        return more;
    }

    /// <summary>What is counted up to the next look is nobody's, as nobody can tell any more whose it was.</summary>
    public void Lose(string name) => _last[name] = null;

    /// <summary>It is gone.</summary>
    public void Forget(string name) => _last.Remove(name);
}
