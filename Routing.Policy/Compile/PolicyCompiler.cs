using System.Collections.Immutable;
using System.Diagnostics;
using Routing.Policy.Model;
using Routing.Policy.Rules;

namespace Routing.Policy.Compile;

/// <summary> Turns a profile into chains, one a tier, and their sets. Rules with one verdict that stand together are a run,
/// and a run is at most ten look-ups, whatever the number of policies and peers:
/// <code>
///   ports  ports-r                      any peer:  protocol . port
///   peers4 peers4-r peers6 peers6-r     any port:  address
///   flows4 flows4-r flows6 flows6-r                address . protocol . port
///   ...                                            the next run: order counts between verdicts
///   drop, or goto the next tier                    the tier isolates, or not
/// </code>
/// All of NetworkPolicy is one run. A pass is a goto too, so that a return leaves the profile from every tier alike.
/// "-r" is the interval set beside the exact one; only those that hold something are made. Where addresses and ports
/// multiply, a rule may later look in two sets (addresses, then ports) instead of one of pairs: a rule takes several
/// matches.
/// </summary>
internal static class PolicyCompiler
{
    private static readonly IpFamily[] Families = [IpFamily.V4, IpFamily.V6];

    /// <summary>Compiles a profile.</summary>
    /// <param name="profile">What to compile; its peers are acquired.</param>
    /// <param name="policies">Its policies.</param>
    /// <param name="nodes">What node selectors mean.</param>
    /// <param name="reports">Which packets are reported.</param>
    /// <param name="previous">The sets so far: one that still holds the same stays the same object.</param>
    public static (ImmutableArray<Chain> Chains, ImmutableArray<MatchSet> Sets) Compile(
        Profile profile,
        IEnumerable<PolicySpec> policies,
        NodeTable nodes,
        ReportOptions reports,
        IReadOnlyDictionary<string, MatchSet> previous)
    {
        var verdicts = new ProfileVerdicts(profile, reports);
        var chains = ImmutableArray.CreateBuilder<Chain>();
        var sets = ImmutableArray.CreateBuilder<MatchSet>();
        var tiers = policies.GroupBy(policy => policy.Tier).OrderBy(tier => tier.Key).ToList();
        var runs = 0;
        var isReached = true;
        for (var position = 0; isReached && position < tiers.Count; position++)
        {
            var tier = tiers[position];
            var next = position + 1 < tiers.Count ? Verdict.Goto(profile.ChainOf(position + 1)) : verdicts.Allow;
            var rules = ImmutableArray.CreateBuilder<Rule>();
            var (end, why) = tier.Key.Isolates ? (verdicts.Deny, "isolated: what no policy allows") : (next, "what no rule matches");
            foreach (var run in RunsOf(profile, tier, nodes))
            {
                var verdict = run.Verdict switch
                {
                    RuleVerdict.Allow => verdicts.Allow,
                    RuleVerdict.Deny => verdicts.Deny,
                    RuleVerdict.Pass => next,
                    _ => throw new UnreachableException(),
                };
                if (run.Traffic.Everything)
                {
                    (end, why) = (verdict, $"everything is {Said(run.Verdict)}");
                    break;
                }

                var stem = profile.StemOf(runs++);
                foreach (var wanted in Lookups(profile.Direction, run.Traffic))
                {
                    var set = Set(profile, stem, wanted, previous);
                    sets.Add(set);
                    rules.Add(new Rule([new Match.InSet(set.Name)], new RuleAction.Decide(verdict), "") { IsCounted = true });
                }
            }

            rules.Add(new Rule([], new RuleAction.Decide(end), why) { IsCounted = true });
            isReached = rules.Any(rule => rule.Action == new RuleAction.Decide(next));
            var subject = profile.Direction == Direction.Ingress ? "ingress by" : "egress by";
            var keys = tier.Select(policy => policy.Key).Order().ToList();
            chains.Add(new Chain(profile.ChainOf(position), null, rules.ToImmutable(), Comment.Of(subject, keys)));
        }

        chains.AddRange(verdicts.ChainsOf(chains).ToList());
        return (chains.ToImmutable(), sets.ToImmutable());
    }

    /// <summary>The rules of a tier, in order, as runs of one verdict.</summary>
    private static IEnumerable<(RuleVerdict Verdict, MatchedTraffic Traffic)> RunsOf(
        Profile profile, IEnumerable<PolicySpec> policies, NodeTable nodes)
    {
        (RuleVerdict Verdict, TrafficCollector Collector)? run = null;
        foreach (var policy in policies.OrderBy(policy => policy.Order).ThenBy(policy => policy.Key))
        {
            foreach (var rule in policy.Rules(profile.Direction)!.Rules.Items.Select(EnforceableRule.Of).OfType<RuleSpec>())
            {
                if (run is { } done && done.Verdict != rule.Verdict)
                {
                    yield return (done.Verdict, done.Collector.Sum);
                    run = null;
                }

                run ??= (rule.Verdict, new TrafficCollector(
                    profile.Direction, profile.OwnPorts, selection => profile.Peers[selection].Members, nodes));
                run.Value.Collector.Add(rule);
            }
        }

        if (run is { } last)
        {
            yield return (last.Verdict, last.Collector.Sum);
        }
    }

    private static string Said(RuleVerdict verdict) => verdict switch
    {
        RuleVerdict.Allow => "allowed",
        RuleVerdict.Deny => "denied",
        RuleVerdict.Pass => "left to the next tier",
        _ => throw new UnreachableException(),
    };

    /// <summary>The look-ups that hold something, the cheapest first.</summary>
    private static IEnumerable<Lookup> Lookups(Direction direction, MatchedTraffic traffic)
    {
        var address = direction == Direction.Ingress ? RuleField.SourceAddress : RuleField.DestinationAddress;
        bool[] exactThenRanges = [false, true];
        var ports = exactThenRanges.Select(ranges => new Lookup(
            "ports", null, [RuleField.Protocol, RuleField.DestinationPort], ranges, traffic.Ports(ranges),
            "any peer at these ports"));
        var peers = Families.SelectMany(family => exactThenRanges.Select(ranges => new Lookup(
            "peers", family, [address], ranges, traffic.Peers(family, ranges),
            "these peers at any port")));
        var flows = Families.SelectMany(family => exactThenRanges.Select(ranges => new Lookup(
            "flows", family, [address, RuleField.Protocol, RuleField.DestinationPort], ranges,
            traffic.Flows(family, ranges), "these peers at these ports")));
        return ports.Concat(peers).Concat(flows).Where(lookup => lookup.Elements.Count > 0);
    }

    private static MatchSet Set(
        Profile profile, string stem, Lookup wanted, IReadOnlyDictionary<string, MatchSet> previous)
    {
        var name = Names.Set(stem, wanted.Role, wanted.Family, wanted.Ranges);
        var old = previous.GetValueOrDefault(name);
        if (old is null)
        {
            return new MatchSet(
                name, wanted.Family, wanted.Key, wanted.Ranges, [.. wanted.Elements],
                Comment.Of($"{wanted.Meaning}, by", profile.Policies));
        }

        // Edited in place, so that unchanged elements are shared and a set that did not change is the same object.
        var elements = old.Elements.ToBuilder();
        foreach (var element in old.Elements)
        {
            if (!wanted.Elements.Contains(element))
            {
                elements.Remove(element);
            }
        }

        elements.UnionWith(wanted.Elements);
        var now = elements.ToImmutable();
        return ReferenceEquals(now, old.Elements) ? old : old with { Elements = now };
    }

    /// <summary>A set to be, without its name.</summary>
    private sealed record Lookup(
        string Role,
        IpFamily? Family,
        ImmutableArray<RuleField> Key,
        bool Ranges,
        HashSet<SetElement> Elements,
        string Meaning);
}
