using System.Diagnostics.Metrics;
using Routing.Agent.Netlink;
using Routing.Agent.Netlink.Nftables;

namespace Routing.Agent.Metrics;

/// <summary>Adds up what the packet filter's rules have counted, by direction and verdict. A rule that is written anew counts
/// from zero; the sums go on.</summary>
/// <param name="netlink">Reads the table; taken over.</param>
internal sealed class RuleCounters(NftNetlink netlink) : IDisposable
{
    private readonly Lock _lock = new(); // scrapes may come together
    private readonly Dictionary<(string Direction, string Verdict), long> _sums = [];
    private Dictionary<ulong, long> _last = [];

    /// <summary>The sums; those of the last time while the table cannot be read.</summary>
    public IReadOnlyList<Measurement<long>> Read()
    {
        lock (_lock)
        {
            try
            {
                Add(netlink.ListCounts());
            }
            catch (NetlinkException)
            {
                // Somebody keeps changing rules, or there is no table: the next scrape has it.
            }

            return [.. _sums.Select(sum => new Measurement<long>(
                sum.Value,
                new("direction", sum.Key.Direction), new("verdict", sum.Key.Verdict)))];
        }
    }

    public void Dispose() => netlink.Dispose();

    private void Add(List<NftRuleCount> counts)
    {
        var now = new Dictionary<ulong, long>(counts.Count);
        foreach (var count in counts)
        {
            var handle = count.Rule.Handle;
            now[handle] = count.Packets;
            var before = _last.GetValueOrDefault(handle);
            var more = count.Packets >= before ? count.Packets - before : count.Packets;
            var key = (DirectionOf(count.Rule), VerdictOf(count.Rule));
            _sums[key] = _sums.GetValueOrDefault(key) + more;
        }

        _last = now;
    }

    private static string DirectionOf(NftRule rule) =>
        rule.Chain.StartsWith("ingress-", StringComparison.Ordinal) || rule.Chain == "to-pod" ? "ingress" : "egress";

    /// <summary>Chains of reported packets are named for their verdict (Routing.Policy/Compile/ProfileVerdicts.cs).</summary>
    private static string VerdictOf(NftRule rule) =>
        rule.Expressions.Items.OfType<NftExpression.Immediate>().LastOrDefault()?.Verdict switch
        {
            { Code: NftVerdictCode.Drop } => "deny",
            { Chain: { } chain } when chain.EndsWith("-deny", StringComparison.Ordinal) => "deny",
            { Code: NftVerdictCode.Accept or NftVerdictCode.Return } => "allow",
            { Chain: { } chain } when chain.EndsWith("-allow", StringComparison.Ordinal) => "allow",
            { Chain: { } chain } when chain.EndsWith("-staged", StringComparison.Ordinal) => "staged",

            // What a profile allows goes on to the first chain of a staged one; what it passes, to a later one of its own.
            { Chain: { } chain } when chain.Count(character => character == '-') == 1 => "allow",
            _ => "pass",
        };
}
