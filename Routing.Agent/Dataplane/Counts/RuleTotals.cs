using Routing.Agent.Dataplane.Iptables;
using Routing.Agent.Dataplane.Live;
using Routing.Agent.Netlink;
using Routing.Policy.Compile;
using Routing.Policy.Controller;
using Routing.Policy.Rules;

namespace Routing.Agent.Dataplane.Counts;

/// <summary>Adds up, for each rule of each policy, what elements and rules in the kernel count for it
/// (<see cref="ReportOptions.CountsRules"/>). Not thread-safe: it is its policy's owner's.</summary>
/// <remarks>
/// <para>An element goes with what it has counted, and stands for another rule when policies change: so it is read right before what
/// it stands for is compiled again (<see cref="NodePolicy.Changing"/>). What it counts between that and its end is lost, which is the
/// time of one change.</para>
/// <para>Nothing is counted for a rule that may not be the one that decided. Where the reading before a change failed, and while the
/// kernel has not taken a change, what its sets and chains count is nobody's, up to a look after the change is in force.</para>
/// </remarks>
internal sealed class RuleTotals : IDisposable
{
    /// <summary>Rules from which on it is looked whether some are gone.</summary>
    private const int FewTotals = 1024;

    private readonly NodePolicy _policy;
    private readonly IKernelRules _rules;
    private readonly Dictionary<CountSubject, KernelCount> _totals = [];
    private readonly LastCounts<CountingElement> _sets = new();
    private readonly LastCounts<string> _chains = new();
    private readonly HashSet<string> _changedSets = new(StringComparer.Ordinal); // since the last commit
    private readonly HashSet<string> _changedChains = new(StringComparer.Ordinal);
    private Ruleset? _committed; // null before the first one: what an earlier agent left may be otherwise
    private int _manyTotals = FewTotals;

    private RuleTotals(NodePolicy policy, IKernelRules rules) => (_policy, _rules) = (policy, rules);

    /// <summary>Begins to add up, before the policy's owner has begun. <see cref="OnCommitted"/> has to be told of all that comes into
    /// force.</summary>
    /// <param name="policy">Says whose each is.</param>
    /// <param name="rules">A look at the kernel by the back end in use, whichever that is; taken over.</param>
    public static RuleTotals Of(NodePolicy policy, IKernelRules rules)
    {
        var totals = new RuleTotals(policy, rules);
        policy.Changing = totals.OnChanging;
        return totals;
    }

    /// <summary>Numbers that are kept.</summary>
    public int Size => _totals.Count + _sets.Size + _chains.Size;

    private bool IsInStep => ReferenceEquals(_committed, _policy.Compiled);

    /// <summary>Reads sets, those of them that are in the kernel as they were compiled last.</summary>
    public void ReadSets(IEnumerable<string> names) => ReadSets(Sets(names));

    /// <summary>Reads all rules, likewise.</summary>
    public void ReadRules() => ReadRules(null);

    /// <summary>What has been counted for all rules that there are, also those that nothing was counted for.</summary>
    public List<RuleCount> All()
    {
        Prune();
        return [.. _policy.CountedRules().Union(_totals.Keys).Select(rule => new RuleCount(rule, _totals.GetValueOrDefault(rule)))];
    }

    /// <summary>A ruleset has come into force.</summary>
    public void OnCommitted(Ruleset ruleset)
    {
        _committed = ruleset;
        if (!IsInStep)
        {
            return; // what stood was put back
        }

        Settle();
        TryRead(Sets(_sets.Lost), Chains(_chains.Lost));
    }

    public void Dispose() => _rules.Dispose();

    /// <summary>Reads what is about to change.</summary>
    private void OnChanging(CountedObjects objects)
    {
        if (IsInStep)
        {
            Settle();
        }
        else
        {
            LoseWhatDiffers(); // the last one was refused, and this is the next try
        }

        List<MatchSet> sets = Sets(objects.Sets.Select(set => set.Name));
        List<Chain> chains = Chains(objects.Chains.Select(chain => chain.Name));
        if (!TryRead(sets, chains))
        {
            sets.ForEach(set => _sets.Lose(set.Name));
            chains.ForEach(chain => _chains.Lose(chain.Name));
        }

        _changedSets.UnionWith(objects.Sets.Select(set => set.Name));
        _changedChains.UnionWith(objects.Chains.Select(chain => chain.Name));
    }

    /// <summary>Those of them that are in the kernel as they were compiled last.</summary>
    private List<MatchSet> Sets(IEnumerable<string> names) =>
        [.. names.Select(name => _policy.Compiled.Sets.GetValueOrDefault(name)).OfType<MatchSet>().Where(IsInKernel)];

    private List<Chain> Chains(IEnumerable<string> names) =>
        [.. names.Select(name => _policy.Compiled.Chains.GetValueOrDefault(name)).OfType<Chain>().Where(IsInKernel)];

    /// <summary>It is there, and stands for what it was compiled for last.</summary>
    private bool IsInKernel(MatchSet set) => set.IsCounted && (IsInStep || (!_changedSets.Contains(set.Name)
        && _committed is not null && _committed.Sets.TryGetValue(set.Name, out var there) && ReferenceEquals(there, set)));

    private bool IsInKernel(Chain chain) => IsInStep || (!_changedChains.Contains(chain.Name)
        && _committed is not null && _committed.Chains.TryGetValue(chain.Name, out var there) && ReferenceEquals(there, chain));

    private void Settle()
    {
        Forget(_sets, _changedSets, _policy.Compiled.Sets.ContainsKey);
        Forget(_chains, _changedChains, _policy.Compiled.Chains.ContainsKey);
    }

    /// <summary>Of a change that was refused the kernel may hold nothing or a part.</summary>
    private void LoseWhatDiffers()
    {
        if (_committed is { } there)
        {
            var wanted = _policy.Compiled;
            Lose(_sets, _changedSets, [.. there.Sets.Keys.Union(wanted.Sets.Keys)],
                name => wanted.Sets.TryGetValue(name, out var set) && (!set.IsCounted || IsInKernel(set)));
            Lose(_chains, _changedChains, [.. there.Chains.Keys.Union(wanted.Chains.Keys)],
                name => wanted.Chains.TryGetValue(name, out var chain) && IsInKernel(chain));
        }
    }

    private void ReadSets(List<MatchSet> sets)
    {
        foreach (var tally in _rules.CountElements(sets))
        {
            foreach (var (counting, more) in _sets.Take(tally.Set, tally.Counts))
            {
                Add(_policy.CountedFor(tally.Set, counting.Element), more);
            }
        }
    }

    private void ReadRules(List<Chain>? chains)
    {
        foreach (var chain in _rules.CountRules(_policy.Compiled, chains).GroupBy(tally => tally.Chain))
        {
            if (!_policy.Compiled.Chains.TryGetValue(chain.Key, out var compiled) || !IsInKernel(compiled))
            {
                continue;
            }

            var tallies = chain.ToDictionary(tally => tally.Identity, StringComparer.Ordinal);
            foreach (var (identity, more) in _chains.Take(chain.Key, tallies.Select(tally => (tally.Key, tally.Value.Count))))
            {
                Add(SubjectOf(tallies[identity]), more);
            }
        }
    }

    private CountSubject? SubjectOf(ChainTally tally) => tally.Element is var (set, element)
        ? _policy.CountedFor(set, element)
        : _policy.CountedFor(tally.Chain, tally.Place);

    private void Add(CountSubject? rule, KernelCount more)
    {
        if (rule is not null)
        {
            var before = _totals.GetValueOrDefault(rule);
            _totals[rule] = new KernelCount(before.Packets + more.Packets, before.Octets + more.Octets);
            if (_totals.Count > _manyTotals)
            {
                Prune();
                _manyTotals = Math.Max(FewTotals, 2 * _totals.Count);
            }
        }
    }

    /// <summary>Forgets rules that are gone.</summary>
    private void Prune()
    {
        var wanted = _policy.CountedRules();
        foreach (var gone in _totals.Keys.Where(rule => !wanted.Contains(rule) && !_policy.Has(rule)).ToList())
        {
            _totals.Remove(gone);
        }
    }

    /// <returns>False when they could not be read: a change does not wait for its numbers.</returns>
    private bool TryRead(List<MatchSet> sets, List<Chain> chains)
    {
        try
        {
            if (sets.Count + chains.Count > 0)
            {
                ReadSets(sets);
                ReadRules(chains);
            }

            return true;
        }
        catch (Exception e) when (e is NetlinkException or ProgramException)
        {
            return false;
        }
    }

    private static void Lose<TKey>(LastCounts<TKey> last, HashSet<string> changed, HashSet<string> names, Func<string, bool> isInStep)
        where TKey : notnull
    {
        var lost = names.Where(name => !isInStep(name)).ToList();
        Forget(last, changed, names.Contains);
        foreach (var name in lost)
        {
            last.Lose(name);
            changed.Add(name);
        }
    }

    private static void Forget<TKey>(LastCounts<TKey> last, HashSet<string> changed, Func<string, bool> isThere)
        where TKey : notnull
    {
        foreach (var name in changed.Where(name => !isThere(name)))
        {
            last.Forget(name);
        }

        changed.Clear();
    }
}
