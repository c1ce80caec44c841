using Routing.Agent.Dataplane.Counts;
using Routing.Agent.Grpc.Protocol;

namespace Routing.Agent.Grpc;

/// <summary>What was counted for rules, as messages.</summary>
internal static class RuleCountTranslator
{
    /// <summary>In the order in which people look for them: by tier and policy, the tier's end after its policies.</summary>
    /// <param name="counts">Of all rules.</param>
    /// <param name="policy">The policy that is asked for, as <see cref="Policy.Model.PolicyKey.IsCalled"/> has it; empty for all.</param>
    public static CountRulesReply Reply(IEnumerable<RuleCount> counts, string policy)
    {
        var reply = new CountRulesReply();
        reply.Rules.AddRange(
            from count in counts
            where policy.Length == 0 || count.Rule.Policy?.IsCalled(policy) == true
            orderby count.Rule.Tier, count.Rule.Policy is null, count.Rule.Policy?.Name, count.Rule.Policy?.Kind, count.Rule.Layer,
                count.Rule.Direction, count.Rule.Field?.Length, count.Rule.Field, count.Rule.Verdict
            select Translate(count));
        return reply;
    }

    private static RuleCountEntry Translate(RuleCount count) => new()
    {
        Tier = count.Rule.Tier,
        Direction = count.Rule.Direction.ToString(),
        Layer = count.Rule.Layer?.ToString() ?? "",
        Kind = count.Rule.Policy?.Kind.ToString() ?? "",
        Namespace = count.Rule.Policy?.Name.Namespace ?? "",
        Name = count.Rule.Policy?.Name.Name ?? "",
        Field = count.Rule.Field ?? "",
        Verdict = count.Rule.Verdict.ToString(),
        Packets = (ulong)count.Count.Packets,
        Octets = (ulong)count.Count.Octets,
    };
}
