using Routing.Agent.Dataplane.Iptables;
using Routing.Agent.Netlink;

namespace Routing.Agent.Dataplane.Counts;

/// <summary>Reads, for whoever asks, what was counted for each rule: set by set, between what the packet filter's owner has to do.</summary>
/// <param name="dataplane">The owner.</param>
/// <param name="totals">Its sums.</param>
/// <param name="time">The clock.</param>
internal sealed class RuleCountReader(IPolicyReader dataplane, RuleTotals totals, TimeProvider time) : IDisposable
{
    /// <summary>Who asks sooner than this after somebody else is told the same.</summary>
    public static readonly TimeSpan Least = TimeSpan.FromSeconds(1);

    /// <summary>Elements that are read in one go.</summary>
    private const int ElementsAtOnce = 4096;

    private readonly SemaphoreSlim _turn = new(1, 1); // readers come together
    private long? _read;
    private volatile IReadOnlyList<RuleCount>? _latest;

    /// <summary>What was read last; null before.</summary>
    public IReadOnlyList<RuleCount>? Latest => _latest;

    /// <summary>Reads.</summary>
    /// <exception cref="NetlinkException">The kernel could not be read.</exception>
    /// <exception cref="ProgramException">Likewise, by the programs of iptables.</exception>
    public async Task<IReadOnlyList<RuleCount>> ReadAsync(CancellationToken cancellationToken)
    {
        await _turn.WaitAsync(cancellationToken);
        try
        {
            if (_latest is { } latest && _read is { } read && time.GetElapsedTime(read) < Least)
            {
                return latest;
            }

            var sizes = await dataplane.ReadAsync(
                policy => policy.Compiled.Sets.Values.Where(set => set.IsCounted).Select(set => (set.Name, set.Elements.Count)).ToList(),
                cancellationToken);
            foreach (var names in Portions(sizes))
            {
                await DoAsync(() => totals.ReadSets(names), cancellationToken);
            }

            await DoAsync(totals.ReadRules, cancellationToken);
            latest = await dataplane.ReadAsync(_ => totals.All(), cancellationToken);
            (_latest, _read) = (latest, time.GetTimestamp());
            return latest;
        }
        finally
        {
            _turn.Release();
        }
    }

    public void Dispose()
    {
        _turn.Dispose();
        totals.Dispose();
    }

    /// <summary>Does it where the owner is; what goes wrong is the asker's.</summary>
    private async Task DoAsync(Action read, CancellationToken cancellationToken)
    {
        var refusal = await dataplane.ReadAsync(_ => Try(read), cancellationToken);
        if (refusal is not null)
        {
            throw refusal;
        }
    }

    private static Exception? Try(Action read)
    {
        try
        {
            read();
            return null;
        }
        catch (Exception e) when (e is NetlinkException or ProgramException)
        {
            return e;
        }
    }

    private static IEnumerable<List<string>> Portions(IEnumerable<(string Name, int Elements)> sets)
    {
        var (names, elements) = (new List<string>(), 0);
        foreach (var (name, count) in sets)
        {
            if (elements + count > ElementsAtOnce && names.Count > 0)
            {
                yield return names;
                (names, elements) = ([], 0);
            }

            names.Add(name);
            elements += count;
        }

        if (names.Count > 0)
        {
            yield return names;
        }
    }
}
