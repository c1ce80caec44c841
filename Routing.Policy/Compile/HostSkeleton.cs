using System.Collections.Immutable;
using Routing.Policy.Model;
using Routing.Policy.Rules;

namespace Routing.Policy.Compile;

/// <summary>
/// What host endpoints add to the ruleset; nothing on a node without any. Chains of their own in each hook, before those of pods: what
/// they allow returns, so that the others are asked too, whichever firewall it is.
/// <code>
///   host-untracked-in    prerouting  raw     mark off; dispatch: allowed packets are not tracked, and marked
///   host-prednat-in      prerouting  mangle  established go by; dispatch: allowed packets are marked
///   host-local-in        input       filter  established, marked, from pods go by; dispatch
///   host-forward         forward     filter  established go by; where they came in (unless marked), then where they leave
///   host-untracked-out   output      raw     mark off; dispatch
///   host-local           postrouting         of processes of this host only; established, marked, to pods go by; dispatch
/// </code>
/// Before the dispatches of the last four what resumes an unknown connection is dropped where policies of the other direction may have
/// ended it, as for pods (docs/adr/0027).
/// Before each dispatch by interface, except for packets through the host, fail-safe ports and neighbour discovery go by. The last hook
/// is postrouting because output does not know yet where a packet leaves whose destination has just been translated.
/// </summary>
internal static class HostSkeleton
{
    /// <summary>The bit that says that a packet was allowed before its destination was translated.</summary>
    public const uint MarkBit = 0x4000_0000;

    private const int RawPriority = -300;
    private const int ManglePriority = -150; // after connection tracking, before destinations are translated (-100)
    private const int FilterPriority = -10;
    private const string Loopback = "lo";

    private static readonly Rule Unmark = new([], new RuleAction.SetMark(MarkBit, IsSet: false), "nobody else's mark opens anything");
    private static readonly Rule LetEstablishedPass = new([new Match.Established()], Return, "decided when it began");
    private static readonly Rule LetMarkedPass = new([new Match.Marked(MarkBit)], Return, "allowed before tracking or translation");
    private static readonly Rule LetNeighboursPass = new([new Match.InSet(Names.Neighbours)], Return, "neighbour discovery");

    private static RuleAction Return => new RuleAction.Decide(Verdict.Return);

    /// <summary>Chains, maps and sets for these endpoints.</summary>
    public static Ruleset Create(IReadOnlyCollection<HostEntry> entries, FailsafePorts failsafes, ReportOptions reports)
    {
        var ruleset = Ruleset.Empty;
        if (entries.Count == 0)
        {
            return ruleset;
        }

        bool Uses(HostLayer layer, Direction direction) =>
            entries.Any(entry => entry.Places[(layer, direction)].Verdict.Kind != VerdictKind.Return);
        bool Isolates(HostLayer layer, Direction direction) => entries.Any(entry => entry.Places[(layer, direction)].Isolates);

        var (untracksIn, untracksOut) = (Uses(HostLayer.Untracked, Direction.Ingress), Uses(HostLayer.Untracked, Direction.Egress));
        var isPreDnat = Uses(HostLayer.PreDnat, Direction.Ingress);
        var isMarkedIn = untracksIn || isPreDnat;
        if (isMarkedIn)
        {
            Add(HostLayer.Untracked, Direction.Ingress, HookPoint.Prerouting, RawPriority, [
                Unmark, .. untracksIn ? Guards(Direction.Ingress, isStateless: true) : []]);
        }

        if (isPreDnat)
        {
            Add(HostLayer.PreDnat, Direction.Ingress, HookPoint.Prerouting, ManglePriority, [
                LetEstablishedPass, LetMarkedPass, .. Guards(Direction.Ingress, isStateless: false)]);
            Put(new Chain(Names.LetPass, null, [Mark, new Rule([], Return, "")], "allowed before translation"));
        }

        Add(HostLayer.Local, Direction.Ingress, HookPoint.Input, FilterPriority, [
            LetEstablishedPass, .. isMarkedIn ? [LetMarkedPass] : Array.Empty<Rule>(), .. Guards(Direction.Ingress, isStateless: false)]);
        var (forwardsIn, forwardsOut) = (Uses(HostLayer.Forward, Direction.Ingress), Uses(HostLayer.Forward, Direction.Egress));
        if (forwardsIn || forwardsOut)
        {
            Add(HostLayer.Forward, Direction.Ingress, null, 0, isMarkedIn ? [LetMarkedPass] : []);
            Add(HostLayer.Forward, Direction.Egress, null, 0, []);
            Put(new Chain("host-forward", new ChainHook(HookPoint.Forward, FilterPriority), [
                LetEstablishedPass,
                new Rule([], new RuleAction.Decide(Verdict.Jump(Names.HostChain(HostLayer.Forward, Direction.Ingress))), ""),
                new Rule([], new RuleAction.Decide(Verdict.Jump(Names.HostChain(HostLayer.Forward, Direction.Egress))), ""),
            ], "through host endpoints"));
        }

        if (untracksOut)
        {
            Add(HostLayer.Untracked, Direction.Egress, HookPoint.Output, RawPriority, [
                Unmark, .. Guards(Direction.Egress, isStateless: true)]);
        }

        if (untracksIn || untracksOut)
        {
            Put(new Chain(
                Names.LetUntracked, null, [new Rule([], new RuleAction.Untrack(), ""), Mark, new Rule([], Return, "")],
                "allowed before tracking"));
        }

        Add(HostLayer.Local, Direction.Egress, null, 0, [
            LetEstablishedPass, .. untracksOut ? [LetMarkedPass] : Array.Empty<Rule>(), .. Guards(Direction.Egress, isStateless: false)]);
        Put(new Chain("host-local", new ChainHook(HookPoint.Postrouting, FilterPriority), [
            new Rule(
                [new Match.Local()], new RuleAction.Decide(Verdict.Jump(Names.HostChain(HostLayer.Local, Direction.Egress))), ""),
        ], "from this host's processes"));
        foreach (var direction in Enum.GetValues<Direction>())
        {
            Put(Closed(direction, reports));
        }

        foreach (var direction in Enum.GetValues<Direction>().Where(direction =>
            ruleset.Chains.ContainsKey(Names.HostResumed(HostLayer.Local, direction))
            || ruleset.Chains.ContainsKey(Names.HostResumed(HostLayer.Forward, direction))))
        {
            Put(Ended(direction, reports));
        }

        return ruleset with { Sets = ruleset.Sets.AddRange(Sets(failsafes).Select(set => KeyValuePair.Create(set.Name, set))) };

        void Put(Chain chain) => ruleset = ruleset with { Chains = ruleset.Chains.SetItem(chain.Name, chain) };

        void Add(HostLayer layer, Direction direction, HookPoint? hook, int priority, ImmutableArray<Rule> guards)
        {
            var dispatch = Dispatch(
                Names.HostMap(layer, direction), direction, entries, entry => entry.Places[(layer, direction)].Verdict,
                Meaning(layer, direction), out var map);
            ruleset = ruleset with { Maps = ruleset.Maps.SetItem(map.Name, map) };
            if (layer is HostLayer.Local or HostLayer.Forward && Isolates(layer, Opposite(direction)))
            {
                guards = guards.Add(new Rule(
                    [new Match.Resuming()], new RuleAction.Decide(Verdict.Jump(Names.HostResumed(layer, direction))), ""));
                AddResumed(layer, direction);
            }

            Put(new Chain(
                Names.HostChain(layer, direction), hook is { } point ? new ChainHook(point, priority) : null,
                [.. guards, .. dispatch], Meaning(layer, direction)));
        }

        // Where the packet came in, what may have ended its connection are the rules for what leaves there, and the reverse.
        void AddResumed(HostLayer layer, Direction direction)
        {
            var name = Names.HostResumed(layer, direction);
            var dispatch = Dispatch(
                $"{name}-map", direction, entries,
                entry => entry.Places[(layer, Opposite(direction))].Isolates ? Verdict.Goto(Names.HostEnded(direction)) : Verdict.Return,
                "which interfaces' policies may have ended a connection", out var map);
            ruleset = ruleset with { Maps = ruleset.Maps.SetItem(map.Name, map) };
            var answers = new Rule(
                [new Match.InSet(Names.Failsafes(Opposite(direction), isReply: true))], Return, "no policy ends those of fail-safe ports");
            Put(new Chain(
                name, null, layer == HostLayer.Local ? [answers, .. dispatch] : [.. dispatch], "what resumes a connection that is not known"));
        }
    }

    private static Direction Opposite(Direction direction) =>
        direction == Direction.Ingress ? Direction.Egress : Direction.Ingress;

    private static Rule Mark => new([], new RuleAction.SetMark(MarkBit, IsSet: true), "");

    /// <summary>What passes whatever the policies say.</summary>
    private static IEnumerable<Rule> Guards(Direction direction, bool isStateless)
    {
        var field = direction == Direction.Ingress ? RuleField.InputInterface : RuleField.OutputInterface;
        yield return new Rule(
            [new Match.InterfacePrefix(field, Names.InterfacePrefix)], Return, direction == Direction.Ingress ? "from pods" : "to pods");
        yield return LetNeighboursPass;
        yield return new Rule([new Match.InSet(Names.Failsafes(direction, isReply: false))], Return, "fail-safe ports");
        if (isStateless)
        {
            yield return new Rule([new Match.InSet(Names.Failsafes(Opposite(direction), isReply: true))], Return, "answers from fail-safe ports");
        }
    }

    private static IEnumerable<Rule> Dispatch(
        string name, Direction direction, IReadOnlyCollection<HostEntry> entries, Func<HostEntry, Verdict> verdictOf, string comment,
        out VerdictMap map)
    {
        var all = entries.FirstOrDefault(entry => entry.Interface is null);
        var elements = entries.Where(entry => entry.Interface is not null)
            .ToImmutableSortedDictionary(entry => entry.Interface!, verdictOf, StringComparer.Ordinal);
        if (all is not null && !elements.ContainsKey(Loopback))
        {
            elements = elements.Add(Loopback, Verdict.Return); // what a host says to itself is on none of its links
        }

        map = new VerdictMap(
            name, direction == Direction.Ingress ? RuleField.InputInterface : RuleField.OutputInterface, elements, comment);
        var rest = all is null ? Verdict.Return : verdictOf(all);
        return rest.Kind == VerdictKind.Return
            ? [new Rule([], new RuleAction.Dispatch(map.Name), "")]
            : [new Rule([], new RuleAction.Dispatch(map.Name), ""), new Rule([], new RuleAction.Decide(rest), "every other interface")];
    }

    private static Chain Closed(Direction direction, ReportOptions reports)
    {
        var name = Names.HostClosed(direction);
        var drop = new Rule([], new RuleAction.Decide(Verdict.Drop), "no policy allows anything") { IsCounted = true };
        return new Chain(
            name, null, reports.Denied ? [reports.Rule(ReportedVerdict.Deny, name), drop] : [drop],
            "host endpoints without policies of this direction");
    }

    private static Chain Ended(Direction direction, ReportOptions reports)
    {
        var name = Names.HostEnded(direction);
        var drop = new Rule([], new RuleAction.Decide(Verdict.Drop), "resumes a connection that policies may have ended") { IsCounted = true };
        return new Chain(
            name, null, reports.Denied ? [reports.Rule(ReportedVerdict.Deny, name), drop] : [drop],
            "what resumes a connection of a host endpoint");
    }

    private static IEnumerable<MatchSet> Sets(FailsafePorts failsafes)
    {
        foreach (var direction in Enum.GetValues<Direction>())
        {
            foreach (var isReply in new[] { false, true })
            {
                yield return new MatchSet(
                    Names.Failsafes(direction, isReply), null,
                    [RuleField.Protocol, isReply ? RuleField.SourcePort : RuleField.DestinationPort], Ranges: true,
                    [.. failsafes.Of(direction).Items.Select(
                        port => new SetElement(Protocol: (byte)port.Protocol, PortLow: port.Low, PortHigh: port.High))],
                    direction == Direction.Ingress ? "this host's fail-safe ports" : "others' fail-safe ports");
            }
        }

        // Multicast listeners (RFC 2710, RFC 3810) and neighbours (RFC 4861).
        yield return new MatchSet(
            Names.Neighbours, null, [RuleField.Protocol, RuleField.IcmpMessage], Ranges: true,
            [Messages(130, 137), Messages(143, 143)], "neighbours and multicast listeners");
    }

    private static SetElement Messages(byte first, byte last) => new(
        Protocol: (byte)TransportProtocol.IcmpV6, PortLow: (ushort)(first << 8), PortHigh: (ushort)((last << 8) | byte.MaxValue));

    private static string Meaning(HostLayer layer, Direction direction) => (layer, direction) switch
    {
        (HostLayer.Untracked, Direction.Ingress) => "host endpoints before tracking, inwards",
        (HostLayer.Untracked, _) => "host endpoints before tracking, outwards",
        (HostLayer.PreDnat, _) => "host endpoints before translation",
        (HostLayer.Forward, Direction.Ingress) => "forwarded, where it came in",
        (HostLayer.Forward, _) => "forwarded, where it leaves",
        (_, Direction.Ingress) => "host endpoints, inwards",
        _ => "host endpoints, outwards",
    };
}
