using System.Collections.Immutable;
using Routing.Policy.Model;
using Routing.Policy.Rules;

namespace Routing.Policy.Compile;

/// <summary> Turns a profile into a chain and its sets. A tier is at most ten look-ups, whatever the number of policies
/// and peers:
/// <code>
///   ports  ports-r                      any peer:  protocol . port
///   peers4 peers4-r peers6 peers6-r     any port:  address
///   flows4 flows4-r flows6 flows6-r                address . protocol . port
///   drop                                           the tier isolates
/// </code>
/// "-r" is the interval set beside the exact one; only those that hold something are made. Where addresses and ports
/// multiply, a rule may later look in two sets (addresses, then ports) instead of one of pairs: a rule takes several
/// matches.
/// </summary>
internal static class PolicyCompiler
{
    private static readonly IpFamily[] Families = [IpFamily.V4, IpFamily.V6];

    /// <summary>Compiles a profile.</summary>
    /// <param name="profile">What to compile; its peers are acquired.</param>
    /// <param name="policies">Its policies, in its order.</param>
    /// <param name="previous">The sets so far: one that still holds the same stays the same object.</param>
    public static (Chain Chain, ImmutableArray<MatchSet> Sets) Compile(
        Profile profile, IEnumerable<PolicySpec> policies, IReadOnlyDictionary<string, MatchSet> previous)
    {
        // Egress goes on to the destination's ingress, so what it allows returns; ingress is the last word.
        var allow = new RuleAction.Decide(profile.Direction == Direction.Egress ? Verdict.Return : Verdict.Accept);
        var rules = ImmutableArray.CreateBuilder<Rule>();
        var sets = ImmutableArray.CreateBuilder<MatchSet>();
        RuleAction end = allow;
        var tiers = policies.GroupBy(policy => policy.Tier).OrderBy(tier => tier.Key.Order);
        foreach (var (position, tier) in tiers.Index())
        {
            var traffic = Collect(profile, tier);
            if (traffic.Everything)
            {
                end = allow;
                break;
            }

            foreach (var wanted in Lookups(profile.Direction, traffic))
            {
                var set = Set(profile, wanted, position, previous);
                sets.Add(set);
                rules.Add(new Rule([new Match.InSet(set.Name)], allow, ""));
            }

            if (tier.Key.Isolates)
            {
                end = new RuleAction.Decide(Verdict.Drop);
                break;
            }
        }

        rules.Add(new Rule([], end, end == allow ? "everything is allowed" : "isolated: what no policy allows"));
        var comment = Comment.Of(profile.Direction == Direction.Ingress ? "ingress by" : "egress by", profile.Policies);
        return (new Chain(profile.ChainName, null, rules.ToImmutable(), comment), sets.ToImmutable());
    }

    private static AllowedTraffic Collect(Profile profile, IEnumerable<PolicySpec> policies)
    {
        var collector = new TrafficCollector(
            profile.Direction, profile.OwnPorts, selection => profile.Peers[selection].Members);
        foreach (var policy in policies)
        {
            foreach (var rule in policy.Rules(profile.Direction)!.Rules)
            {
                collector.Add(rule);
            }
        }

        return collector.Sum;
    }

    /// <summary>The look-ups that hold something, the cheapest first.</summary>
    private static IEnumerable<Lookup> Lookups(Direction direction, AllowedTraffic traffic)
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
        Profile profile, Lookup wanted, int tier, IReadOnlyDictionary<string, MatchSet> previous)
    {
        var name = Names.Set(profile.ChainName, wanted.Role, wanted.Family, wanted.Ranges, tier);
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
