using System.Collections.Immutable;
using Routing.Policy.Model;
using Routing.Policy.Rules;
using Routing.Policy.Selectors;

namespace Routing.Policy.Compile;

/// <summary>A profile's chains and sets, kept true as its policies and peers change.
/// <code>
///   stage 0   [own end?] [goto log] look-ups ──> allowed, denied, the next stage of the tier, or the next tier
///   stage 1   ...
/// </code>
/// A stage that no packet comes to is not there. A pass is a goto, so that a return leaves the profile from every stage
/// alike.</summary>
internal sealed class ProfileStages(
    Profile profile, NodeTable nodes, ServiceTable services, DomainTable domains, SelectorIndex index, ReportOptions reports)
{
    /// <summary>Why rules deny that stand where no more can be asked.</summary>
    public const string TooDeep = "denied: too many tiers and source ports before it";

    /// <summary>What it costs to make stages that have no elements yet, in addresses looked through.</summary>
    private const int MakingStages = 64;

    private readonly ProfileVerdicts _verdicts = new(profile, reports);
    private readonly List<(Stage Verdicts, Stage? Logs, Stage? Own)> _stages = new(1); // seldom more, of a cluster's many profiles
    private HashSet<Address>? _touched;
    private ImmutableArray<StagePlan> _plans = [];
    private readonly Dictionary<string, List<CountSubject?>>? _counted = // of the chains' rules, by place
        reports.CountsRules ? new(StringComparer.Ordinal) : null;

    private bool _areRulesStale = true;
    private bool _arePeersStale = true;

    /// <summary>The chains of the last <see cref="Compile"/>.</summary>
    public ImmutableArray<Chain> Chains { get; private set; } = [];

    /// <summary>Its sets, by name.</summary>
    public SmallMap<string, MatchSet> Sets { get; private set; } = new();

    /// <summary>The rules are others.</summary>
    public void OnRulesChanged() => _areRulesStale = true;

    /// <summary>Any address may be somebody else to the rules.</summary>
    public void OnPeersChanged() => _arePeersStale = true;

    /// <summary>Somebody else has an address, or who has it is selected otherwise, or names stand for it otherwise.</summary>
    public void Touch(EquatableArray<Address> addresses)
    {
        if (!_arePeersStale)
        {
            foreach (var address in addresses)
            {
                (_touched ??= []).Add(address);
            }
        }
    }

    /// <summary>Our own mistake that ended the last <see cref="Compile"/>; null for none.</summary>
    public Exception? Defect { get; private set; }

    /// <summary>The policies, of these, that some packets do not come to, because their rules would be nested too deep: such packets are
    /// denied.</summary>
    public ImmutableArray<PolicyKey> Unasked { get; private set; } = [];

    /// <summary>About how many addresses the next <see cref="Compile"/> looks through; a few for making stages at all.</summary>
    public int Work =>
        !_areRulesStale && !_arePeersStale ? _touched?.Count ?? 0 : MakingStages + Sets.Sum(set => set.Value.Elements.Count);

    /// <summary>Brings chains and sets up to date.</summary>
    /// <param name="policies">The profile's; its selections are held.</param>
    public void Compile(IReadOnlyCollection<PolicySpec> policies)
    {
        try
        {
            CompileStages(policies);
            Defect = null;
        }
        catch (Exception e)
        {
            Close(e);
        }
    }

    /// <summary>A policy that we fail to compile must not keep the rules of all others out of the kernel, nor open its own pods:
    /// these are closed until it is another one (docs/adr/0024).</summary>
    private void Close(Exception defect)
    {
        _stages.Clear();
        _counted?.Clear();
        (_plans, Unasked) = ([], []);
        (_areRulesStale, _arePeersStale, _touched, Defect) = (true, true, null, defect);
        var verdict = profile.IsStaged ? _verdicts.Allow : Verdict.Drop; // what is staged closes nothing
        Chains = [new Chain(profile.ChainName, null, [new Rule([], new RuleAction.Decide(verdict), "")], "could not be compiled")];
        Sets = new SmallMap<string, MatchSet>();
    }

    private void CompileStages(IReadOnlyCollection<PolicySpec> policies)
    {
        if (_areRulesStale)
        {
            _plans = StagePlan.Of(profile, policies, services, reports.CountsRules);
        }

        _counted?.Clear();
        var isReached = new bool[_plans.Length];
        var chains = ImmutableArray.CreateBuilder<Chain>();
        var sets = new SmallMap<string, MatchSet>();
        for (var i = 0; i < _plans.Length; i++)
        {
            if (_stages.Count == i)
            {
                _stages.Add((new Stage(profile.StemOf(i, logs: false), profile, profile.Direction), null, null));
            }

            var (plan, (verdicts, logs, own)) = (_plans[i], _stages[i]);
            if (i > 0 && !isReached[i])
            {
                verdicts.Clear();
                _stages[i] = (verdicts, null, null);
                continue;
            }

            Update(verdicts, plan.Rules);
            logs = plan.Logs is null || profile.IsStaged ? null : logs ?? new Stage(profile.StemOf(i, logs: true), profile, profile.Direction);
            own = plan.Own is null ? null : own ?? new Stage(profile.StemOfOwn(i), profile, profile.Side.Opposite);
            _stages[i] = (verdicts, logs, own);
            if (logs is not null)
            {
                Update(logs, plan.Logs!);
            }

            if (own is not null)
            {
                Update(own, plan.Own!);
            }

            if (plan.Sources is not null || plan.Own is not null || verdicts.Says(StageAction.Skip))
            {
                isReached[i + 1] = true;
            }

            if (verdicts.Says(StageAction.Pass) && NextTier(i) is var next && next < _plans.Length)
            {
                isReached[next] = true;
            }

            AddOwn(i, chains, sets);
            AddLogs(i, chains, sets);
            AddStage(i, chains, sets);
        }

        _stages.RemoveRange(_plans.Length, _stages.Count - _plans.Length);
        Unasked = _plans is [.., { IsTooDeep: true } last] && isReached[^1] ? last.Policies : [];
        (_areRulesStale, _arePeersStale) = (false, false);
        _touched = null;
        _verdicts.AddChains(chains);
        (Chains, Sets) = (chains.DrainToImmutable(), sets);
    }

    /// <summary>The rule behind an element of one of the sets; null when there is none.</summary>
    public CompiledRule? RuleOf(MatchSet set, in SetElement element) => Find(set, element)?.Decision.Rule;

    /// <summary>What packets are counted for that are found by an element; null for none.</summary>
    public CountSubject? CountedFor(MatchSet set, in SetElement element) =>
        set.IsCounted && Find(set, element) is var (stage, decision) ? CountedFor(stage, decision) : null;

    /// <summary>What packets are counted for that a rule of a chain counts; null for none, and where the elements of a set count
    /// them.</summary>
    public CountSubject? CountedFor(string chain, int place) =>
        _counted is not null && _counted.TryGetValue(chain, out var counted) && place < counted.Count ? counted[place] : null;

    /// <summary>What is said of packets that no rule of a tier matches, as it is counted.</summary>
    public IEnumerable<CountSubject> CountedEnds() =>
        _plans.Select((plan, i) => CountedFor(i, new Decision(plan.Rules.End, null))).OfType<CountSubject>();

    /// <summary>As it is counted what a rule of the profile's policies says.</summary>
    public static CountSubject CountedFor(Profile profile, PolicySpec policy, RuleSpec rule) => new(
        policy.Tier.Name, profile.Direction, profile.Side.Layer, policy.Key, rule.Field,
        profile.IsStaged ? CountedVerdict.Staged : Counted(rule.Verdict));

    private CountSubject? CountedFor(int i, in Decision decision)
    {
        var verdict = (profile.IsStaged, decision.Action) switch
        {
            (true, StageAction.Deny) => CountedVerdict.Staged,
            (true, _) => (CountedVerdict?)null, // it has been counted where it was allowed
            (_, StageAction.Allow) => CountedVerdict.Allow,
            (_, StageAction.Deny) => CountedVerdict.Deny,
            (_, StageAction.Pass) => CountedVerdict.Pass,
            _ => null,
        };
        return verdict is { } said
            ? new CountSubject(
                _plans[i].TierName, profile.Direction, profile.Side.Layer, decision.Rule?.Policy, decision.Rule?.Spec.Field, said)
            : null;
    }

    private static CountedVerdict Counted(RuleVerdict verdict) => verdict switch
    {
        RuleVerdict.Allow => CountedVerdict.Allow,
        RuleVerdict.Deny => CountedVerdict.Deny,
        _ => CountedVerdict.Pass,
    };

    private (int Stage, Decision Decision)? Find(MatchSet set, in SetElement element)
    {
        for (var i = 0; i < _stages.Count; i++)
        {
            foreach (var stage in new[] { _stages[i].Verdicts, _stages[i].Logs }.OfType<Stage>())
            {
                foreach (var (lookup, one) in stage.Lookups)
                {
                    if (one.Name == set.Name)
                    {
                        return stage.DecisionOf(lookup, element) is { } decision ? (i, decision) : null;
                    }
                }
            }
        }

        return null;
    }

    private void Update(Stage stage, StageRules rules)
    {
        if (_areRulesStale || _arePeersStale || !stage.IsBuilt)
        {
            stage.Build(
                rules, profile.Peers, nodes, domains, index,
                _arePeersStale || !stage.IsBuilt ? null : _touched ?? []);
        }
        else
        {
            foreach (var address in _touched ?? [])
            {
                stage.Update(address, index);
            }
        }

        stage.Commit();
    }

    /// <summary>The question before a stage whether the packet's own end is one that the rule means.</summary>
    private void AddOwn(int i, ImmutableArray<Chain>.Builder chains, SmallMap<string, MatchSet> sets)
    {
        if (_stages[i].Own is not { } own)
        {
            return;
        }

        var rules = ImmutableArray.CreateBuilder<Rule>();
        foreach (var (lookup, set) in own.Lookups)
        {
            sets.Add(set.Name, set);
            rules.Add(new Rule([new Match.InSet(set.Name)], new RuleAction.Decide(Next(lookup.Action)), ""));
        }

        rules.Add(new Rule([], new RuleAction.Decide(Next(own.End.Action)), ""));
        chains.Add(new Chain(profile.ChainOf(i), null, rules.ToImmutable(), Comment.Of("own end, for", _plans[i].Policies)));

        Verdict Next(StageAction action) =>
            action == StageAction.Allow ? Verdict.Goto(profile.AskedChainOf(i)) : VerdictOf(StageAction.Skip, i);
    }

    private void AddLogs(int i, ImmutableArray<Chain>.Builder chains, SmallMap<string, MatchSet> sets)
    {
        var stage = _stages[i].Logs;
        if (stage?.Says(StageAction.Log) != true)
        {
            return;
        }

        var name = profile.LogChainOf(i);
        var report = reports.Rule(ReportedVerdict.Log, name);
        var rules = ImmutableArray.CreateBuilder<Rule>();
        AddSources(i, Verdict.Return, rules, sets, out var sources);
        foreach (var (lookup, set) in stage.Lookups)
        {
            sets.Add(set.Name, set);
            Match[] match = [new Match.InSet(set.Name)];
            if (lookup.Action == StageAction.Log)
            {
                rules.Add(report with { Matches = [.. match, .. sources] });
            }

            rules.Add(new Rule([.. match], new RuleAction.Decide(Verdict.Return), ""));
        }

        if (stage.End.Action == StageAction.Log)
        {
            rules.Add(report with { Matches = [.. sources] });
        }

        chains.Add(new Chain(name, null, rules.ToImmutable(), Comment.Of("logged for", _plans[i].Policies)));
    }

    private void AddStage(int i, ImmutableArray<Chain>.Builder chains, SmallMap<string, MatchSet> sets)
    {
        var (plan, stage) = (_plans[i], _stages[i].Verdicts);
        var (rules, counted) = (ImmutableArray.CreateBuilder<Rule>(), _counted is null ? null : new List<CountSubject?>());
        if (chains.Count > 0 && chains[^1].Name == profile.LogChainOf(i))
        {
            rules.Add(new Rule([], new RuleAction.Decide(Verdict.Jump(profile.LogChainOf(i))), ""));
        }

        AddSources(i, VerdictOf(StageAction.Skip, i), rules, sets, out var sources);
        foreach (var (lookup, set) in stage.Lookups)
        {
            sets.Add(set.Name, set);
            AddRules(new Match.InSet(set.Name), lookup.Action);
        }

        var end = stage.End;
        if (!sources.IsEmpty && end.Action != StageAction.Skip)
        {
            AddCounted(Decide([.. sources], end.Action, ""), end);
            end = new Decision(StageAction.Skip, null);
        }

        AddCounted(Decide([], end.Action, (end, end.Action) switch
        {
            _ when plan.IsTooDeep => TooDeep,
            ({ Rule: not null }, _) => $"everything else is {Said(end.Action)}",
            (_, StageAction.Deny) => "isolated: what no policy allows",
            _ => "what no rule matches",
        }), end);
        var subject = profile.Direction == Direction.Ingress ? "ingress by" : "egress by";
        var name = plan.Own is null ? profile.ChainOf(i) : profile.AskedChainOf(i);
        if (counted is not null)
        {
            _counted!.Add(name, counted);
        }

        chains.Add(new Chain(name, null, rules.ToImmutable(), Comment.Of(subject, plan.Policies)));

        void AddRules(Match match, StageAction action)
        {
            // Where the set does not count, the stage has one rule.
            var said = plan.Rules.AreCounted ? new Decision(StageAction.Skip, null) : new Decision(action, plan.Rules.Rules.FirstOrDefault());
            if (action == StageAction.Skip || sources.IsEmpty)
            {
                AddCounted(Decide([match], action, ""), said);
                return;
            }

            // Whom the rule matches but for the source port is not asked for any further.
            AddCounted(Decide([match, .. sources], action, ""), said);
            rules.Add(Decide([match], StageAction.Skip, ""));
        }

        // What the rule has counted is this decision's, and no element's.
        void AddCounted(Rule rule, Decision decision)
        {
            counted?.AddRange(Enumerable.Repeat<CountSubject?>(null, rules.Count - counted.Count));
            rules.Add(rule);
            counted?.Add(CountedFor(i, decision));
        }

        Rule Decide(ImmutableArray<Match> matches, StageAction action, string why) =>
            new(matches, new RuleAction.Decide(VerdictOf(action, i)), why)
            {
                IsCounted = !profile.IsStaged || action == StageAction.Deny, // the others have been counted where it was allowed
            };
    }

    /// <summary>The sets of source ports that the stage's rule names.</summary>
    /// <param name="i">The stage.</param>
    /// <param name="other">Where packets from ports go that the rule excepts.</param>
    /// <param name="rules">Such a rule, if there are any.</param>
    /// <param name="sets">The sets.</param>
    /// <param name="sources">What else a packet has to fulfil that the rule shall match.</param>
    private void AddSources(
        int i, Verdict other, ImmutableArray<Rule>.Builder rules, SmallMap<string, MatchSet> sets,
        out ImmutableArray<Match> sources)
    {
        sources = [];
        var (stem, plan) = (profile.StemOf(i, logs: false), _plans[i]);
        if (plan.Sources?.Set(stem, isNot: true, profile.OwnPorts, plan.Policies) is { } not)
        {
            sets[not.Name] = Kept(not);
            rules.Add(new Rule([new Match.InSet(not.Name)], new RuleAction.Decide(other), ""));
        }

        if (plan.Sources?.Set(stem, isNot: false, profile.OwnPorts, plan.Policies) is { } set)
        {
            sets[set.Name] = Kept(set);
            sources = [new Match.InSet(set.Name)];
        }
    }

    /// <summary>The set of before when it is the same.</summary>
    private MatchSet Kept(MatchSet set) =>
        Sets.TryGetValue(set.Name, out var before) && before.Comment == set.Comment && before.Elements.SetEquals(set.Elements)
            ? before
            : set;

    private Verdict VerdictOf(StageAction action, int i) => action switch
    {
        StageAction.Allow => _verdicts.Allow,
        StageAction.Deny => _verdicts.Deny,
        StageAction.Skip => Verdict.Goto(profile.ChainOf(i + 1)),
        _ => NextTier(i) is var next && next < _plans.Length ? Verdict.Goto(profile.ChainOf(next)) : _verdicts.Rest,
    };

    /// <summary>The first stage of the tier after a stage's; the number of stages when there is none.</summary>
    private int NextTier(int i)
    {
        var next = i + 1;
        while (next < _plans.Length && _plans[next].Tier == _plans[i].Tier)
        {
            next++;
        }

        return next;
    }

    private static string Said(StageAction action) => action switch
    {
        StageAction.Allow => "allowed",
        StageAction.Deny => "denied",
        StageAction.Skip => "left to the rules after it",
        _ => "left to the next tier",
    };
}
