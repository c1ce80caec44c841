using System.Collections.Immutable;
using Routing.Policy.Model;

namespace Routing.Policy.Compile;

/// <summary>What a profile's stage is made from. A tier is one stage, unless it has rules that ask for source ports, or for both
/// addresses of a packet through a host: each of these is a stage of its own, between those of the rules before and after
/// it.</summary>
/// <param name="Tier">The tier's place among the profile's.</param>
/// <param name="TierName">Its name.</param>
/// <param name="Policies">The tier's, for the comment.</param>
/// <param name="Rules">Rules that say what becomes of a packet.</param>
/// <param name="Logs">Which packets are written down; null when none are.</param>
/// <param name="Sources">The only rule's conditions on source ports; null for a stage without.</param>
/// <param name="Own">The only rule's conditions on the own end, as a rule that allows those who go on to the stage; null for a stage
/// without.</param>
internal sealed record StagePlan(
    int Tier, string TierName, ImmutableArray<PolicyKey> Policies, StageRules Rules, StageRules? Logs, SourcePorts? Sources, StageRules? Own)
{
    /// <summary>How many chains of a profile may follow one another. The kernel takes chains 16 deep (NFT_JUMP_STACK_SIZE), and
    /// refuses the whole ruleset for one that is deeper; the hook, the way to the profile and its last verdict need the rest.</summary>
    private const int MostChains = 11;

    private const int BeyondAllTiers = int.MaxValue;

    /// <summary>True for the stage that stands for all that would be nested too deep: it denies. Its policies are those whose stages
    /// these are.</summary>
    public bool IsTooDeep => Tier == BeyondAllTiers;

    /// <summary>The stages of policies, in order.</summary>
    /// <param name="profile">Whose they are.</param>
    /// <param name="policies">The profile's.</param>
    /// <param name="services">What Services are as peers.</param>
    /// <param name="areRulesCounted">It is counted which rule decided.</param>
    public static ImmutableArray<StagePlan> Of(
        Profile profile, IReadOnlyCollection<PolicySpec> policies, ServiceTable services, bool areRulesCounted)
    {
        var plans = ImmutableArray.CreateBuilder<StagePlan>();
        PolicySpec[] ordered = [.. policies];
        Array.Sort(ordered, InOrder);
        var rules = new List<CompiledRule>();
        for (var (from, place) = (0, 0); from < ordered.Length; place++)
        {
            var tier = ordered[from].Tier;
            var rest = ordered.AsSpan(from);
            var count = 1;
            while (count < rest.Length && rest[count].Tier == tier)
            {
                count++;
            }

            var ofTier = rest[..count];
            from += count;
            var keys = count == ordered.Length ? profile.Policies : KeysOf(ofTier);
            foreach (var rule in RulesOf(profile, ofTier, services))
            {
                var (sources, own) = (SourcePorts.Of(rule.Spec), OwnOf(profile, rule));
                if (sources is not null || own is not null)
                {
                    AddStage(StageAction.Skip);
                    rules.Add(rule);
                    AddStage(StageAction.Skip, sources, own);
                }
                else
                {
                    rules.Add(rule);
                }
            }

            AddStage(tier.Isolates && profile.Side.Isolates ? StageAction.Deny : StageAction.Pass);

            void AddStage(StageAction ending, SourcePorts? sources = null, StageRules? own = null)
            {
                if (rules.Count == 0 && ending == StageAction.Skip)
                {
                    return;
                }

                var isLogging = rules.Exists(rule => rule.Action == StageAction.Log);
                plans.Add(new StagePlan(
                    place, tier.Name, keys,
                    new StageRules(isLogging ? [.. rules.Where(rule => rule.Action != StageAction.Log)] : [.. rules], ending)
                    {
                        // An element is found before the packet's source port is asked for: there the rules of the chain count.
                        AreCounted = areRulesCounted && sources is null,
                    },
                    isLogging ? LogsOf(rules) : null,
                    sources, own));
                rules.Clear();
            }
        }

        return Within(profile.IsStaged || profile.Staged is not null ? MostChains / 2 : MostChains, plans.DrainToImmutable());
    }

    /// <summary>True when another profile surely fits behind, or before, one of these policies.</summary>
    /// <param name="policies">The profile's.</param>
    /// <param name="side">Whose rules.</param>
    public static bool LeavesRoom(IReadOnlyCollection<PolicySpec> policies, ProfileSide side)
    {
        const int MostOfRule = 3; // the stage that it ends, its question and its own
        var chains = policies.Select(policy => policy.Tier).Distinct().Count();
        foreach (var rule in policies.SelectMany(policy => policy.Rules(side.Direction)!.Rules.Items))
        {
            if (SourcePorts.Of(rule) is not null || (side.AsksOwnEnd && rule.Own.Count > 0))
            {
                // With a Service it is a rule for each of the Service's slices, however many these come to be.
                chains += rule.Peers.Items.Any(peer => peer is PeerSpec.Service) ? MostChains : MostOfRule;
            }
        }

        return chains <= MostChains / 2;
    }

    /// <summary>As many of the stages as there may be chains, and one that denies in the place of the others.</summary>
    private static ImmutableArray<StagePlan> Within(int chains, ImmutableArray<StagePlan> plans)
    {
        var (depth, kept) = (0, 0);
        foreach (var plan in plans)
        {
            depth += plan.Own is null ? 1 : 2;
            kept += depth < chains ? 1 : 0;
        }

        return depth <= chains ? plans :
        [
            .. plans[..kept],
            new StagePlan(
                BeyondAllTiers, plans[kept].TierName, [.. plans[kept..].SelectMany(plan => plan.Policies).Distinct().Order()],
                new StageRules([], StageAction.Deny), null, null, null),
        ];
    }

    /// <summary>Whom the rule means at the packet's own end, where that is to be asked.</summary>
    private static StageRules? OwnOf(Profile profile, CompiledRule rule) =>
        !profile.Side.AsksOwnEnd || rule.Spec.Own.Count == 0 ? null : new StageRules(
            [new CompiledRule(
                rule.Policy, new RuleSpec(RuleVerdict.Allow, rule.Spec.Own, [], rule.Spec.Field), StageAction.Allow, rule.Families, null)],
            StageAction.Skip);

    /// <summary>A rule that decides ends the logging as well.</summary>
    private static StageRules LogsOf(List<CompiledRule> rules) => new(
        [.. rules.Select(rule => rule.Action == StageAction.Log ? rule : rule.As(StageAction.Skip))], StageAction.Skip);

    /// <summary>By tiers, and as a tier asks them.</summary>
    private static int InOrder(PolicySpec one, PolicySpec other)
    {
        var byTier = ReferenceEquals(one.Tier, other.Tier) ? 0 : one.Tier.CompareTo(other.Tier);
        var byOrder = byTier != 0 ? byTier : one.Order.CompareTo(other.Order);
        return byOrder != 0 ? byOrder : one.Key.CompareTo(other.Key);
    }

    private static ImmutableArray<PolicyKey> KeysOf(ReadOnlySpan<PolicySpec> policies)
    {
        var keys = new PolicyKey[policies.Length];
        for (var i = 0; i < keys.Length; i++)
        {
            keys[i] = policies[i].Key;
        }

        Array.Sort(keys);
        return [.. keys];
    }

    private static List<CompiledRule> RulesOf(Profile profile, ReadOnlySpan<PolicySpec> policies, ServiceTable services)
    {
        var compiled = new List<CompiledRule>();
        foreach (var policy in policies)
        {
            var rules = policy.Rules(profile.Direction)!.Rules.Items;
            for (var place = 0; place < rules.Length; place++)
            {
                if (EnforceableRule.Of(rules[place], profile.Side) is { } rule
                    && profile.FamiliesOf(policy.Key, place, rule) is var families and not IpFamilies.None)
                {
                    foreach (var one in services.Resolve(rule, profile.Direction))
                    {
                        compiled.Add(new CompiledRule(
                            policy.Key, one, ActionOf(one.Verdict), families,
                            profile.Direction == Direction.Ingress ? profile.OwnPorts : null));
                    }
                }
            }
        }

        return compiled;
    }

    private static StageAction ActionOf(RuleVerdict verdict) => verdict switch
    {
        RuleVerdict.Allow => StageAction.Allow,
        RuleVerdict.Deny => StageAction.Deny,
        RuleVerdict.Pass => StageAction.Pass,
        _ => StageAction.Log,
    };
}
