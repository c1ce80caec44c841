using Routing.Agent.Dataplane.Live;
using Routing.Agent.Native;
using Routing.Agent.Netlink;
using Routing.Agent.Netlink.Nftables;
using Routing.Policy.Reference;
using Routing.Policy.Rules;

namespace Routing.Agent.Dataplane.Nftables;

/// <summary>The table `inet routing` as it is, read for one question at a time: rules are listed, elements are asked for one by
/// one, so that a set of 100,000 costs what a set of one does.</summary>
/// <param name="netlink">Taken over.</param>
internal sealed class NftKernelRules(NftNetlink netlink) : IKernelRules
{
    /// <summary>Walks in a row during which somebody committed something before giving up.</summary>
    private const int Attempts = 20;

    /// <summary>Chains that are asked for one by one; with more of them the table is listed.</summary>
    private const int OneByOne = 16;

    private static readonly string?[] Table = [null];

    private readonly ElementReader _elements = new(netlink);

    /// <inheritdoc/>
    public KernelWalk Walk(Packet packet, Ruleset wanted)
    {
        for (var attempt = 1; ; attempt++)
        {
            var generation = netlink.ReadGeneration();
            try
            {
                var walk = new NftWalk(netlink, packet, wanted).Run();
                if (netlink.ReadGeneration() == generation)
                {
                    return walk;
                }
            }
            catch (NetlinkException) when (attempt < Attempts && netlink.ReadGeneration() != generation)
            {
                // A set that went meanwhile, for one: look again.
            }

            if (attempt == Attempts)
            {
                throw new NetlinkException("read table", $"inet {NftApplier.Table}", Errno.Interrupted, "It kept changing.");
            }
        }
    }

    /// <inheritdoc/>
    public IReadOnlyList<RuleTally> CountVerdicts()
    {
        var table = TableIdentity();
        return [.. netlink.ListCounts().Select(count => new RuleTally(
            $"{table} {count.Rule.Handle}", DirectionOf(count.Rule), VerdictOf(count.Rule), new KernelCount(count.Packets, count.Octets)))];
    }

    /// <inheritdoc/>
    public IReadOnlyList<ChainTally> CountRules(Ruleset applied, IReadOnlyCollection<Chain>? chains)
    {
        var table = TableIdentity();
        return [.. (chains is { Count: <= OneByOne } ? [.. chains.Select(chain => chain.Name)] : Table).SelectMany(netlink.ListCounts)
            .Select(count => new ChainTally(
                $"{table} {count.Rule.Handle}", count.Rule.Chain, count.Place, new KernelCount(count.Packets, count.Octets)))];
    }

    /// <inheritdoc/>
    public IReadOnlyList<SetTally> CountElements(IReadOnlyCollection<MatchSet> sets)
    {
        var table = TableIdentity();
        return [.. from set in sets
                   let handle = netlink.FindSet(set.Name)
                   where handle is not null
                   let holder = $"{table} {handle}"
                   select new SetTally(
                       set.Name, [.. _elements.ReadCounts(set).Select(one => (new CountingElement(holder, one.Element), one.Count))])];
    }

    private string TableIdentity()
    {
        netlink.FindTable(out var handle);
        return $"nft {handle}";
    }

    private static string DirectionOf(NftRule rule) =>
        rule.Chain.StartsWith("ingress-", StringComparison.Ordinal) || rule.Chain is "to-pod" or "resumed-to-pod" or "host-resumed-in"
            ? "ingress"
            : "egress";

    /// <summary>Chains of reported packets are named for their verdict (Routing.Policy/Compile/ProfileVerdicts.cs).</summary>
    private static string VerdictOf(NftRule rule) =>
        rule.Expressions.Items.OfType<NftExpression.Immediate>().LastOrDefault()?.Verdict switch
        {
            { Code: NftVerdictCode.Drop } => rule.Chain.Contains("resumed-", StringComparison.Ordinal) ? "resumed" : "deny",
            { Chain: { } chain } when chain.EndsWith("-deny", StringComparison.Ordinal) => "deny",
            { Code: NftVerdictCode.Accept or NftVerdictCode.Return } => "allow",
            { Chain: { } chain } when chain.EndsWith("-allow", StringComparison.Ordinal) => "allow",
            { Chain: { } chain } when chain.EndsWith("-staged", StringComparison.Ordinal) => "staged",
            { Chain: { } chain } when chain.StartsWith("host-let-", StringComparison.Ordinal) => "allow", // before tracking, or translation

            // What a profile allows goes on to the first chain of a staged one; what it passes, to a later one of its own.
            { Chain: { } chain } when chain.Count(character => character == '-') == 1 => "allow",
            _ => "pass",
        };

    /// <inheritdoc/>
    public void Dispose() => netlink.Dispose();
}
