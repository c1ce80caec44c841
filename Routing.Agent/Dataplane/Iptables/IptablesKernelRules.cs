using System.Collections.Immutable;
using Routing.Agent.Dataplane.Live;
using Routing.Policy.Reference;
using Routing.Policy.Rules;

namespace Routing.Agent.Dataplane.Iptables;

/// <summary>Our chains and ipsets as iptables-save and ipset print them, read for one question at a time.</summary>
/// <param name="programs">Which programs, and where they run.</param>
/// <param name="families">IP versions of the host.</param>
/// <param name="asApplied">A ruleset as this kernel can have it.</param>
internal sealed class IptablesKernelRules(
    IptablesPrograms programs, IReadOnlyList<IpFamily> families, Func<Ruleset, Ruleset> asApplied) : IKernelRules
{
    /// <summary>Where the rules stand that decide.</summary>
    private static readonly string[] CountedTables = ["raw", "filter"];

    /// <inheritdoc/>
    public KernelWalk Walk(Packet packet, Ruleset wanted)
    {
        wanted = asApplied(wanted);
        var found = KernelState.Read(programs, families, wanted);
        var plan = new IptablesPlan(found, wanted, families);
        var family = packet.Source.Family;
        var tables = found.Tables.Keys.Where(key => key.Family == family).Select(key => key.Table).ToDictionary(
            table => table, table => CountedTable.Parse(programs.SaveCounted(family, table)), StringComparer.Ordinal);
        var walk = new IptablesWalk(packet, tables, found.Others, plan.SetsOfIpsets()).Run();
        return walk with { Differences = [.. walk.Differences, .. plan.IsEmpty ? [] : plan.Differences().ToImmutableArray()] };
    }

    /// <inheritdoc/>
    public IReadOnlyList<RuleTally> Count(IReadOnlyCollection<string>? chains = null) =>
    [
        .. from family in families
           from table in CountedTables
           from tally in IptablesTallies.Of($"{family} {table}", CountedTable.Parse(programs.SaveCounted(family, table)))
           select tally,
    ];

    /// <inheritdoc/>
    public IReadOnlyList<SetTally> Count(IReadOnlyCollection<MatchSet> sets) => [];

    /// <inheritdoc/>
    public void Dispose()
    {
        // Holds nothing: each program ends by itself.
    }
}
