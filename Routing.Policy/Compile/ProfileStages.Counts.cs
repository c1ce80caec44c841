using Routing.Policy.Model;
using Routing.Policy.Rules;

namespace Routing.Policy.Compile;

/// <content>Whose an element or a rule is, and what is counted for it.</content>
internal sealed partial class ProfileStages
{
    private readonly Dictionary<string, List<CountSubject?>>? _counted = // of the chains' rules, by place
        reports.CountsRules ? new(StringComparer.Ordinal) : null;

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
}
