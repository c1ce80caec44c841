using Routing.Agent.Dataplane.Live;

namespace Routing.Agent.Dataplane.Counts;

/// <summary>Tells of counters that only grow, until they begin anew, by how much they have grown since the last look.</summary>
/// <typeparam name="TKey">What counts.</typeparam>
internal sealed class LastCounts<TKey>
    where TKey : notnull
{
    private Dictionary<TKey, KernelCount> _last = [];
    private string _identity = "";

    /// <summary>Takes what they say now; what is not among them has nothing to say, or is gone, and begins anew when it comes
    /// back.</summary>
    /// <param name="identity">Another than the last time when all have begun anew.</param>
    /// <param name="counts">Those that have counted something.</param>
    /// <returns>How much more it is, of those of which it is more.</returns>
    public List<(TKey Key, KernelCount More)> Take(string identity, IEnumerable<(TKey Key, KernelCount Count)> counts)
    {
        var last = identity == _identity ? _last : [];
        var now = new Dictionary<TKey, KernelCount>(last.Count);
        var more = new List<(TKey, KernelCount)>();
        foreach (var (key, count) in counts)
        {
            now[key] = count;
            var before = last.GetValueOrDefault(key);
            if (count.Packets < before.Packets || count.Octets < before.Octets)
            {
                before = default; // it has begun anew
            }

            if (count.Packets > before.Packets)
            {
                more.Add((key, new KernelCount(count.Packets - before.Packets, count.Octets - before.Octets)));
            }
        }

        (_last, _identity) = (now, identity);
        return more;
    }
}
