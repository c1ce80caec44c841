using System.Collections.Immutable;
using Routing.Policy.Model;

namespace Routing.Policy.Compile;

/// <summary>What a profile's stage is made from. A tier is one stage, unless it has rules that ask for source ports: each of
/// these is a stage of its own, between those of the rules before and after it.</summary>
/// <param name="Tier">The tier's place among the profile's.</param>
/// <param name="Policies">The tier's, for the comment.</param>
/// <param name="Rules">Rules that say what becomes of a packet.</param>
/// <param name="Logs">Which packets are written down; null when none are.</param>
/// <param name="Sources">The only rule's conditions on source ports; null for a stage without.</param>
internal sealed record StagePlan(
    int Tier, ImmutableArray<PolicyKey> Policies, StageRules Rules, StageRules? Logs, SourcePorts? Sources)
{
    /// <summary>The stages of policies, in order.</summary>
    /// <param name="profile">Whose they are.</param>
    /// <param name="policies">The profile's.</param>
    /// <param name="services">What Services are as peers.</param>
    public static ImmutableArray<StagePlan> Of(
        Profile profile, IReadOnlyCollection<PolicySpec> policies, ServiceTable services)
    {
        var plans = ImmutableArray.CreateBuilder<StagePlan>();
        foreach (var (place, tier) in policies.GroupBy(policy => policy.Tier).OrderBy(tier => tier.Key).Index())
        {
            var keys = tier.Select(policy => policy.Key).Order().ToImmutableArray();
            var end = tier.Key.Isolates ? StageAction.Deny : StageAction.Pass;
            var rules = new List<CompiledRule>();
            foreach (var rule in RulesOf(profile, tier, services))
            {
                if (SourcePorts.Of(rule.Spec) is { } sources)
                {
                    AddStage(StageAction.Skip, null);
                    rules.Add(rule);
                    AddStage(StageAction.Skip, sources);
                }
                else
                {
                    rules.Add(rule);
                }
            }

            AddStage(end, null);

            void AddStage(StageAction ending, SourcePorts? sources)
            {
                if (rules.Count == 0 && ending == StageAction.Skip)
                {
                    return;
                }

                plans.Add(new StagePlan(
                    place, keys,
                    new StageRules([.. rules.Where(rule => rule.Action != StageAction.Log)], ending),
                    rules.Any(rule => rule.Action == StageAction.Log) ? LogsOf(rules) : null,
                    sources));
                rules.Clear();
            }
        }

        return plans.ToImmutable();
    }

    /// <summary>A rule that decides ends the logging as well.</summary>
    private static StageRules LogsOf(List<CompiledRule> rules) => new(
        [.. rules.Select(rule => rule.Action == StageAction.Log ? rule : rule.As(StageAction.Skip))], StageAction.Skip);

    private static IEnumerable<CompiledRule> RulesOf(
        Profile profile, IEnumerable<PolicySpec> policies, ServiceTable services)
    {
        foreach (var policy in policies.OrderBy(policy => policy.Order).ThenBy(policy => policy.Key))
        {
            foreach (var (place, spec) in policy.Rules(profile.Direction)!.Rules.Items.Index())
            {
                if (EnforceableRule.Of(spec, profile.Direction) is { } rule
                    && profile.FamiliesOf(policy.Key, place, rule) is var families and not IpFamilies.None)
                {
                    foreach (var one in services.Resolve(rule, profile.Direction))
                    {
                        yield return new CompiledRule(
                            policy.Key, one, ActionOf(one.Verdict), families,
                            profile.Direction == Direction.Ingress ? profile.OwnPorts : null);
                    }
                }
            }
        }
    }

    private static StageAction ActionOf(RuleVerdict verdict) => verdict switch
    {
        RuleVerdict.Allow => StageAction.Allow,
        RuleVerdict.Deny => StageAction.Deny,
        RuleVerdict.Pass => StageAction.Pass,
        _ => StageAction.Log,
    };
}
