using System.Diagnostics.Metrics;
using Routing.Agent.Dataplane.Counts;
using Routing.Agent.Dataplane.Iptables;
using Routing.Agent.Netlink;
using Routing.Policy.Compile;

namespace Routing.Agent.Metrics;

/// <summary>Series of what each rule has decided. Instruments cannot wait, so the page asks first.</summary>
/// <param name="reader">Reads.</param>
internal sealed class RuleCountMetrics(RuleCountReader reader)
{
    /// <summary>Rules that get a series of their own; the others of a direction and verdict share one, of the policy "other".</summary>
    public const int SeriesLimit = 5000;

    /// <summary>A page is told what was read last when reading takes longer.</summary>
    private static readonly TimeSpan Longest = TimeSpan.FromSeconds(5);

    /// <summary>Before a page.</summary>
    public async Task RefreshAsync(CancellationToken cancellationToken)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limit.CancelAfter(Longest);
        try
        {
            await reader.ReadAsync(limit.Token);
        }
        catch (Exception e) when (e is NetlinkException or ProgramException
            || (e is OperationCanceledException && !cancellationToken.IsCancellationRequested))
        {
            // Somebody keeps changing rules, or the packet filter's owner is busy with the kernel: the next page has it.
        }
    }

    /// <summary>The series.</summary>
    public IEnumerable<Measurement<long>> Read() => Series(reader.Latest ?? []);

    /// <summary>The series of counts.</summary>
    internal static IEnumerable<Measurement<long>> Series(IReadOnlyList<RuleCount> counts)
    {
        // In the order of their names, so that it is the same ones each time.
        var ordered = counts.Count <= SeriesLimit ? counts
            : [.. counts.OrderBy(count => count.Rule.Policy).ThenBy(count => count.Rule.ToString(), StringComparer.Ordinal)];
        return ordered.Take(SeriesLimit).Select(count => Series(count.Count.Packets, count.Rule, $"{count.Rule.Policy}"))
            .Concat(ordered.Skip(SeriesLimit).GroupBy(count => new CountSubject(
                    "", count.Rule.Direction, null, null, null, count.Rule.Verdict))
                .Select(others => Series(others.Sum(count => count.Count.Packets), others.Key, "other")));
    }

    private static Measurement<long> Series(long packets, CountSubject rule, string policy) => new(
        packets,
        new("tier", rule.Tier),
        new("layer", rule.Layer?.ToString().ToLowerInvariant() ?? ""),
        new("policy", policy),
        new("rule", rule.Field ?? ""),
        new("direction", rule.Direction.ToString().ToLowerInvariant()),
        new("verdict", rule.Verdict.ToString().ToLowerInvariant()));
}
