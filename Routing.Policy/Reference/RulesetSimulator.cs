using System.Diagnostics;
using Routing.Policy.Model;
using Routing.Policy.Rules;

namespace Routing.Policy.Reference;

/// <summary>Walks a <see cref="Ruleset"/> as the kernel would walk its rendering, packet by packet and element by
/// element: to compare the compiler with the evaluator without a kernel.</summary>
/// <param name="ruleset">What is walked.</param>
/// <param name="isIndexed">True to look sets up as the kernel does, for many packets, rather than element by element, which
/// is the specification.</param>
public sealed class RulesetSimulator(Ruleset ruleset, bool isIndexed = false)
{
    private const int TranslationPriority = -100; // of destinations (NF_IP_PRI_NAT_DST)

    private readonly ILookup<HookPoint, Chain> _hooked = ruleset.Chains.Values
        .Where(chain => chain.Hook is not null)
        .OrderBy(chain => chain.Hook!.Priority)
        .ToLookup(chain => chain.Hook!.Point);

    /// <summary>Called with each rule that a packet meets and that matches it: its chain, and its place there.</summary>
    public Action<Chain, int>? Matched { get; set; }

    /// <summary>True when the packet gets through every hook on its way.</summary>
    public bool Passes(Packet packet)
    {
        HookPoint[] way = packet switch
        {
            { InputInterface: null } => [HookPoint.Output, HookPoint.Postrouting],
            { OutputInterface: null } => [HookPoint.Prerouting, HookPoint.Input],
            _ => [HookPoint.Prerouting, HookPoint.Forward, HookPoint.Postrouting],
        };
        var state = new State();
        var before = packet.Untranslated is { } first ? packet with { Destination = first.Destination, Port = first.Port } : packet;
        return way.All(point => _hooked[point].All(chain =>
            Walk(chain, IsUntranslated(chain.Hook!) ? before : packet, state) != VerdictKind.Drop));
    }

    private static bool IsUntranslated(ChainHook hook) =>
        hook is { Point: HookPoint.Prerouting or HookPoint.Output, Priority: < TranslationPriority };

    /// <summary>The element of a set that a packet's fields are, or are in; null for none, and for a set that is not
    /// there.</summary>
    public SetElement? Find(string setName, Packet packet) =>
        ruleset.Sets.TryGetValue(setName, out var set) ? SetIndex.Of(set).Find(packet) : null;

    /// <summary>What a packet is looked up as in a set.</summary>
    public static SetElement KeyOf(MatchSet set, Packet packet) => SetIndex.KeyOf(set, packet);

    /// <returns>Accept or Drop, or Return when the chain's end was reached.</returns>
    private VerdictKind Walk(Chain chain, Packet packet, State state)
    {
        for (var place = 0; place < chain.Rules.Length; place++)
        {
            var rule = chain.Rules[place];
            if (!rule.Matches.All(match => Matches(match, packet, state)))
            {
                continue;
            }

            Matched?.Invoke(chain, place);
            if (Verdict(rule.Action, packet, state) is not { } verdict)
            {
                continue;
            }

            switch (verdict.Kind)
            {
                case VerdictKind.Jump:
                    var called = Walk(ruleset.Chains[verdict.Chain!], packet, state);
                    if (called != VerdictKind.Return)
                    {
                        return called;
                    }

                    break;
                case VerdictKind.Goto:
                    return Walk(ruleset.Chains[verdict.Chain!], packet, state);
                default:
                    return verdict.Kind;
            }
        }

        return VerdictKind.Return;
    }

    private Verdict? Verdict(RuleAction action, Packet packet, State state)
    {
        switch (action)
        {
            case RuleAction.Decide decide:
                return decide.Verdict;
            case RuleAction.Dispatch dispatch:
                var map = ruleset.Maps[dispatch.MapName];
                return Interface(map.Key, packet) is { } name && map.Elements.TryGetValue(name, out var verdict)
                    ? verdict
                    : null;
            case RuleAction.Hold:
                return Rules.Verdict.Accept;
            case RuleAction.Report:
                return null;
            case RuleAction.SetMark mark:
                state.Mark = mark.IsSet ? state.Mark | mark.Bit : state.Mark & ~mark.Bit;
                return null;
            case RuleAction.Untrack:
                state.IsTracked = false;
                return null;
            default:
                throw new UnreachableException();
        }
    }

    private bool Matches(Match match, Packet packet, State state) => match switch
    {
        Match.Established => packet.Established && state.IsTracked,
        Match.Resuming => packet is { Protocol: TransportProtocol.Tcp, Resumes: true, Established: false } && state.IsTracked,
        Match.HasPortOctets => true, // nobody asks about a packet without
        Match.Local => packet.InputInterface is null,
        Match.Marked marked => (state.Mark & marked.Bit) != 0,
        Match.Family family => packet.Source.Family == family.Value,
        Match.InterfacePrefix prefix =>
            Interface(prefix.Interface, packet)?.StartsWith(prefix.Prefix, StringComparison.Ordinal) ?? false,
        Match.Protocol protocol => (byte)packet.Protocol == protocol.Number,
        Match.InSet inSet when isIndexed => SetIndex.Of(ruleset.Sets[inSet.SetName]).Contains(packet),
        Match.NotInSet not => !Contains(ruleset.Sets[not.SetName], packet),
        Match.InSet inSet => Contains(ruleset.Sets[inSet.SetName], packet),
        _ => throw new UnreachableException(),
    };

    private static bool Contains(MatchSet set, Packet packet) =>
        (set.Family is null || set.Family == packet.Source.Family)
        && set.Elements.Any(element => set.Key.All(field => field switch
        {
            RuleField.SourceAddress =>
                element.AddressLow <= packet.Source.Value && packet.Source.Value <= element.AddressHigh,
            RuleField.DestinationAddress =>
                element.AddressLow <= packet.Destination.Value && packet.Destination.Value <= element.AddressHigh,
            RuleField.Protocol => element.Protocol == (byte)packet.Protocol,
            RuleField.DestinationPort => element.PortLow <= packet.Port && packet.Port <= element.PortHigh,
            RuleField.SourcePort => element.PortLow <= packet.SourcePort && packet.SourcePort <= element.PortHigh,
            RuleField.IcmpMessage => ((packet.IcmpType << 8) | packet.IcmpCode) is var message
                && element.PortLow <= message && message <= element.PortHigh,
            RuleField.InputInterface or RuleField.OutputInterface => element.Interface == Interface(field, packet),
            _ => throw new UnreachableException(),
        }));

    private static string? Interface(RuleField field, Packet packet) => field switch
    {
        RuleField.InputInterface => packet.InputInterface,
        RuleField.OutputInterface => packet.OutputInterface,
        _ => throw new UnreachableException(),
    };

    /// <summary>What rules have done to the packet on its way.</summary>
    private sealed class State
    {
        public uint Mark { get; set; }

        public bool IsTracked { get; set; } = true;
    }
}
