using System.Collections.Immutable;
using Routing.Policy.Model;
using Routing.Policy.Rules;
using Routing.Policy.Selectors;

namespace Routing.Policy.Compile;

/// <content>The chains of a stage: its question, what is logged, its look-ups.</content>
internal sealed partial class ProfileStages
{
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

    private static string Said(StageAction action) => action switch
    {
        StageAction.Allow => "allowed",
        StageAction.Deny => "denied",
        StageAction.Skip => "left to the rules after it",
        _ => "left to the next tier",
    };
}
