using Routing.Agent.Dataplane.Iptables;
using Routing.Agent.Dataplane.Live;
using Routing.Agent.Netlink;
using Routing.Policy.Compile;
using Routing.Policy.Controller;
using Routing.Policy.Rules;

namespace Routing.Agent.Dataplane.Counts;

/// <summary>Adds up, for each rule of each policy, what elements and rules in the kernel count for it
/// (<see cref="ReportOptions.CountsRules"/>). Not thread-safe: it is its policy's owner's.</summary>
/// <remarks>An element goes with what it has counted, and stands for another rule when policies change: so it is read right before what
/// it stands for is compiled again (<see cref="NodePolicy.Changing"/>). What it counts between that and its end is lost, which is the
/// time of one change.</remarks>
internal sealed class RuleTotals : IDisposable
{
    private readonly NodePolicy _policy;
    private readonly IKernelRules _rules;
    private readonly Dictionary<CountSubject, KernelCount> _totals = [];
    private readonly Dictionary<string, LastCounts<SetElement>> _sets = new(StringComparer.Ordinal);
    private readonly Dictionary<string, LastCounts<string>> _chains = new(StringComparer.Ordinal);

    private RuleTotals(NodePolicy policy, IKernelRules rules) => (_policy, _rules) = (policy, rules);

    /// <summary>Begins to add up, before the policy's owner has begun.</summary>
    /// <param name="policy">Says whose each is.</param>
    /// <param name="rules">The back end's look at the kernel; taken over.</param>
    public static RuleTotals Of(NodePolicy policy, IKernelRules rules)
    {
        var totals = new RuleTotals(policy, rules);
        policy.Changing = totals.OnChanging;
        return totals;
    }

    /// <summary>Reads sets, those of them that are still there.</summary>
    public void ReadSets(IEnumerable<string> names) => ReadSets(
        [.. names.Select(name => _policy.Compiled.Sets.GetValueOrDefault(name)).OfType<MatchSet>().Where(set => set.IsCounted)]);

    /// <summary>Reads all rules.</summary>
    public void ReadRules()
    {
        ReadRules(null);
        Forget(_sets, _policy.Compiled.Sets.ContainsKey);
        Forget(_chains, _policy.Compiled.Chains.ContainsKey);
    }

    /// <summary>What has been counted for all rules that there are, also those that nothing was counted for.</summary>
    public List<RuleCount> All()
    {
        var wanted = _policy.CountedRules();
        foreach (var gone in _totals.Keys.Where(rule => !wanted.Contains(rule) && !_policy.Has(rule)).ToList())
        {
            _totals.Remove(gone);
        }

        return [.. wanted.Union(_totals.Keys).Select(rule => new RuleCount(rule, _totals.GetValueOrDefault(rule)))];
    }

    public void Dispose() => _rules.Dispose();

    /// <summary>Reads what is about to change. What cannot be read now is read with the next look, as far as it is still
    /// there.</summary>
    private void OnChanging(CountedObjects objects)
    {
        TryRead(() => ReadSets(objects.Sets));
        TryRead(() => ReadRules([.. objects.Chains.Select(chain => chain.Name)]));
    }

    private void ReadSets(IReadOnlyCollection<MatchSet> sets)
    {
        foreach (var tally in _rules.Count(sets))
        {
            foreach (var (element, more) in Last(_sets, tally.Set).Take(tally.Identity, tally.Counts))
            {
                Add(_policy.CountedFor(tally.Set, element), more);
            }
        }
    }

    private void ReadRules(IReadOnlyCollection<string>? chains)
    {
        foreach (var chain in _rules.Count(chains).Where(tally => _policy.Compiled.Chains.ContainsKey(tally.Chain)).GroupBy(tally => tally.Chain))
        {
            var places = chain.ToDictionary(tally => tally.Identity, tally => tally.Place, StringComparer.Ordinal);
            foreach (var (identity, more) in Last(_chains, chain.Key).Take("", chain.Select(tally => (tally.Identity, tally.Count))))
            {
                Add(_policy.CountedFor(chain.Key, places[identity]), more);
            }
        }
    }

    private void Add(CountSubject? rule, KernelCount more)
    {
        if (rule is not null)
        {
            var before = _totals.GetValueOrDefault(rule);
            _totals[rule] = new KernelCount(before.Packets + more.Packets, before.Octets + more.Octets);
        }
    }

    private static void TryRead(Action read)
    {
        try
        {
            read();
        }
        catch (Exception e) when (e is NetlinkException or ProgramException)
        {
            // A change does not wait for its numbers.
        }
    }

    private static LastCounts<TKey> Last<TKey>(Dictionary<string, LastCounts<TKey>> all, string name)
        where TKey : notnull
    {
        if (!all.TryGetValue(name, out var last))
        {
            all.Add(name, last = new LastCounts<TKey>());
        }

        return last;
    }

    private static void Forget<T>(Dictionary<string, T> all, Func<string, bool> isThere)
    {
        foreach (var name in all.Keys.Where(name => !isThere(name)).ToList())
        {
            all.Remove(name);
        }
    }
}
