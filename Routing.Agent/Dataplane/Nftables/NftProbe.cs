using System.Collections.Immutable;
using Routing.Agent.Namespaces;
using Routing.Agent.Netlink;
using Routing.Agent.Netlink.Nftables;
using Routing.Policy.Rules;

namespace Routing.Agent.Dataplane.Nftables;

/// <summary>Asks a kernel whether it has all of nf_tables that we use.</summary>
/// <param name="inside">The network namespace; null for the calling thread's.</param>
internal sealed class NftProbe(NetworkNamespace? inside = null)
{
    private const string Table = "routing-probe";

    /// <summary>Opens the back end.</summary>
    public NftApplier Open() => inside is null ? NftApplier.Open() : NftApplier.Open(inside);

    /// <summary>Rehearses a table with every kind of object, condition and action that our rulesets have; nothing changes. Asked also where
    /// a table of ours stands: an earlier version may have wanted less.</summary>
    /// <returns>What the kernel refused, and how; null when it took everything.</returns>
    public string? Refusal()
    {
        try
        {
            using var netlink = inside is null ? NftNetlink.Open(Table) : NftNetlink.Open(inside, Table);
            var batch = netlink.BeginBatch();
            new RulesetPlan(KernelRuleset.Nothing, Features()).Write(batch);
            return netlink.Rehearse(batch) is [var first, ..] ? first.Message : null;
        }
        catch (NetlinkException e)
        {
            return e.Message;
        }
    }

    /// <summary>Asks for each way to hold packets; nothing changes.</summary>
    public static NftQueueing Queueing(NftNetlink netlink)
    {
        foreach (var queueing in new[] { NftQueueing.Expression, NftQueueing.Target })
        {
            var held = new Chain("held", null, [new Rule([], new RuleAction.Hold(0), "")], "");
            var batch = netlink.BeginBatch(table: Table);
            new RulesetPlan(KernelRuleset.Nothing, Ruleset.Empty with { Chains = Ruleset.Empty.Chains.Add(held.Name, held) }, queueing)
                .Write(batch);
            if (netlink.Rehearse(batch).Count == 0)
            {
                return queueing;
            }
        }

        return NftQueueing.Copy;
    }

    /// <summary>Makes a set whose elements count, and looks whether they do: kernels before Linux 5.7 take the set, and leave out the
    /// counters.</summary>
    /// <param name="open">Opens a look at a table.</param>
    public static bool CountsElements(Func<string, NftNetlink> open)
    {
        using var netlink = open(Table);
        var set = new MatchSet("counted", IpFamily.V4, [RuleField.SourceAddress], Ranges: false, [new SetElement(1, 1)], "") { IsCounted = true };
        var batch = netlink.BeginBatch();
        batch.AddTable(""); // what a probe left that was killed goes
        batch.DeleteTable();
        new RulesetPlan(KernelRuleset.Nothing, Ruleset.Empty with { Sets = Ruleset.Empty.Sets.Add(set.Name, set) }).Write(batch);
        if (netlink.TryCommit(batch).Count > 0)
        {
            return false;
        }

        var counts = netlink.ListSets().Any(found => found.Expression == NftSet.Counter);
        var removal = netlink.BeginBatch();
        removal.DeleteTable();
        netlink.Commit(removal);
        return counts;
    }

    /// <summary>Everything that is asked of the kernel, but for packets that are held.</summary>
    internal static Ruleset Features()
    {
        MatchSet[] sets =
        [
            new("exact", IpFamily.V4, [RuleField.InputInterface, RuleField.SourceAddress], Ranges: false,
                [new SetElement(1, 1, Interface: "lo")], "concatenation"),
            new("interval", IpFamily.V6, [RuleField.DestinationAddress], Ranges: true, [new SetElement(1, 2)], "interval"),
            new("pipapo", IpFamily.V4, [RuleField.SourceAddress, RuleField.Protocol, RuleField.DestinationPort], Ranges: true,
                [new SetElement(1, 2, 6, 3, 4)], "concatenation of intervals"),
        ];
        var map = new VerdictMap(
            "map", RuleField.InputInterface,
            ImmutableSortedDictionary<string, Verdict>.Empty.Add("lo", Verdict.Goto("called")), "verdict map");
        Rule[] rules =
        [
            new Rule([new Match.Established()], new RuleAction.Decide(Verdict.Accept), "conntrack") { IsCounted = true },
            .. sets.Select(set => new Rule([new Match.InSet(set.Name)], new RuleAction.Decide(Verdict.Return), "")),
            new Rule([], new RuleAction.Report(new PacketReport(0, "probe", 64, 1, 1)), ""),
            new Rule([new Match.InterfacePrefix(RuleField.InputInterface, "rt")], new RuleAction.Dispatch("map"), ""),
            new Rule([new Match.NotInSet("exact"), new Match.Family(IpFamily.V6)], new RuleAction.Decide(Verdict.Jump("called")), ""),
            new Rule([new Match.Resuming(), new Match.HasPortOctets()], new RuleAction.Decide(Verdict.Drop), ""),
            new Rule([new Match.Protocol(6), new Match.Marked(1)], new RuleAction.SetMark(1, IsSet: false), ""),
        ];
        return Ruleset.Empty with
        {
            Sets = sets.ToImmutableSortedDictionary(set => set.Name, set => set, StringComparer.Ordinal),
            Maps = Ruleset.Empty.Maps.Add(map.Name, map),
            Chains = Ruleset.Empty.Chains
                .Add("called", new Chain("called", null, [], "chain"))
                .Add("rules", new Chain("rules", null, [.. rules], "chain"))
                .Add("first", new Chain(
                    "first", new ChainHook(HookPoint.Output, -300), [new Rule([new Match.Local()], new RuleAction.Untrack(), "")], "hook")),
        };
    }
}
