using System.Diagnostics.Metrics;
using Routing.Agent.Dataplane.Iptables;
using Routing.Agent.Dataplane.Live;
using Routing.Agent.Netlink;

namespace Routing.Agent.Metrics;

/// <summary>Adds up what the packet filter's rules have counted, by direction and verdict. A rule that is written anew counts
/// from zero; the sums go on.</summary>
/// <param name="open">Opens the back end's look at the kernel: the back end may change.</param>
internal sealed class RuleCounters(Func<IKernelRules> open)
{
    private readonly Lock _lock = new(); // scrapes may come together
    private readonly Dictionary<(string Direction, string Verdict), long> _sums = [];
    private Dictionary<string, long> _last = [];

    /// <summary>The sums; those of the last time while the rules cannot be read.</summary>
    public IReadOnlyList<Measurement<long>> Read()
    {
        lock (_lock)
        {
            try
            {
                using var rules = open();
                Add(rules.CountVerdicts());
            }
            catch (Exception e) when (e is NetlinkException or ProgramException)
            {
                // Somebody keeps changing rules, or there are none: the next scrape has it.
            }

            return [.. _sums.Select(sum => new Measurement<long>(
                sum.Value,
                new("direction", sum.Key.Direction), new("verdict", sum.Key.Verdict)))];
        }
    }

    private void Add(IReadOnlyList<RuleTally> tallies)
    {
        var now = new Dictionary<string, long>(tallies.Count, StringComparer.Ordinal);
        foreach (var tally in tallies)
        {
            var packets = tally.Count.Packets;
            now[tally.Identity] = packets;
            var before = _last.GetValueOrDefault(tally.Identity);
            var more = packets >= before ? packets - before : packets;
            var key = (tally.Direction, tally.Verdict);
            _sums[key] = _sums.GetValueOrDefault(key) + more;
        }

        _last = now;
    }
}
