using System.Collections.Immutable;
using System.Diagnostics;
using System.Runtime.InteropServices;
using System.Text;
using Routing.Agent.Netlink.Nftables;
using Routing.Policy.Model;
using Routing.Policy.Rules;

namespace Routing.Agent.Dataplane.Nftables;

/// <summary>Turns neutral chains and rules into nf_tables' expressions. It decides nothing about policy.</summary>
internal static class RuleTranslator
{
    private const uint EstablishedOrRelated = 2 | 4, New = 8; // NF_CT_STATE_BIT of each
    private const int SourceInIPv4 = 12, DestinationInIPv4 = 16, SourceInIPv6 = 8, DestinationInIPv6 = 24;
    private const int SourcePort = 0, DestinationPort = 2; // of TCP, UDP and SCTP alike
    private const int IcmpMessage = 0; // type, then code
    private const int TcpFlags = 13;
    private const int CopiedOctets = 4096 + 48; // of an answer that is copied: what RFC 6891 §6.2.5 suggests, and its headers

    public static NftChain Chain(Chain chain) => new(
        chain.Name,
        chain.Hook is { } hook ? new NftBaseChain(Hook(hook.Point), hook.Priority) : null,
        NftUserData.Fit(chain.Comment));

    /// <param name="chain">The chain.</param>
    /// <param name="ruleset">Knows the sets and maps that rules name.</param>
    /// <param name="queueing">What the kernel has for packets that are held.</param>
    public static ImmutableArray<NftRule> Rules(Chain chain, Ruleset ruleset, NftQueueing queueing) => ImmutableArray.CreateRange(
        chain.Rules, rule => new NftRule(chain.Name, Expressions(rule, ruleset, queueing), NftUserData.Fit(rule.Comment)));

    public static NftVerdict Verdict(Verdict verdict) => new(
        verdict.Kind switch
        {
            VerdictKind.Accept => NftVerdictCode.Accept,
            VerdictKind.Drop => NftVerdictCode.Drop,
            VerdictKind.Return => NftVerdictCode.Return,
            VerdictKind.Jump => NftVerdictCode.Jump,
            VerdictKind.Goto => NftVerdictCode.Goto,
            _ => throw new UnreachableException($"{verdict.Kind} is no verdict."),
        },
        verdict.Chain);

    /// <summary>The way back. One that we never write (break, continue) becomes a kind that equals none of ours, so
    /// that its element is replaced.</summary>
    public static Verdict NeutralVerdict(NftVerdict verdict) => new(
        verdict.Code switch
        {
            NftVerdictCode.Accept => VerdictKind.Accept,
            NftVerdictCode.Drop => VerdictKind.Drop,
            NftVerdictCode.Return => VerdictKind.Return,
            NftVerdictCode.Jump => VerdictKind.Jump,
            NftVerdictCode.Goto => VerdictKind.Goto,
            _ => (VerdictKind)(-1),
        },
        verdict.Chain);

    private static EquatableArray<NftExpression> Expressions(Rule rule, Ruleset ruleset, NftQueueing queueing)
    {
        var steps = ImmutableArray.CreateBuilder<NftExpression>();
        IpFamily? family = null; // known to hold from here on
        foreach (var match in rule.Matches)
        {
            switch (match)
            {
                case Match.Established:
                    AddEstablished(steps);
                    break;
                case Match.Resuming:
                    AddResuming(steps);
                    break;
                case Match.Local:
                    steps.Add(new NftExpression.Meta(NftMetaKey.InputInterface));
                    steps.Add(new NftExpression.Compare(NftCompareOperator.Equal, HostNumber(0)));
                    break;
                case Match.HasPortOctets:
                    // Loading them is the condition: any number is at least zero.
                    steps.Add(new NftExpression.Payload(NftPayloadBase.Transport, DestinationPort, 2));
                    steps.Add(new NftExpression.Compare(NftCompareOperator.GreaterOrEqual, EquatableArray.Create<byte>([0, 0])));
                    break;
                case Match.Marked { Bit: var bit }:
                    steps.Add(new NftExpression.Meta(NftMetaKey.Mark));
                    steps.Add(new NftExpression.Bitwise(HostNumber(bit), HostNumber(0)));
                    steps.Add(new NftExpression.Compare(NftCompareOperator.NotEqual, HostNumber(0)));
                    break;
                case Match.Family { Value: var value }:
                    AddFamily(steps, value, ref family);
                    break;
                case Match.InterfacePrefix prefix:
                    // Compared over the prefix's length only: what nft shows as "rt*".
                    steps.Add(new NftExpression.Meta(InterfaceKey(prefix.Interface)));
                    AddEqual(steps, Encoding.UTF8.GetBytes(prefix.Prefix));
                    break;
                case Match.Protocol { Number: var number }:
                    steps.Add(new NftExpression.Meta(NftMetaKey.TransportProtocol));
                    AddEqual(steps, [number]);
                    break;
                case Match.InSet { SetName: var name }:
                    AddLookup(steps, ruleset.Sets[name], ref family);
                    break;
                case Match.NotInSet { SetName: var name }:
                    AddLookup(steps, ruleset.Sets[name], ref family, isInverted: true);
                    break;
                default:
                    throw new UnreachableException($"{match} has no expression.");
            }
        }

        if (rule.IsCounted)
        {
            steps.Add(new NftExpression.Counter());
        }

        AddAction(steps, rule.Action, ruleset, queueing);
        return new EquatableArray<NftExpression>(steps.ToImmutable());
    }

    private static void AddEstablished(ImmutableArray<NftExpression>.Builder steps)
    {
        steps.Add(new NftExpression.Conntrack(NftConntrackKey.State));
        steps.Add(new NftExpression.Bitwise(HostNumber(EstablishedOrRelated), HostNumber(0)));
        steps.Add(new NftExpression.Compare(NftCompareOperator.NotEqual, HostNumber(0)));
    }

    /// <summary>The protocol first: nothing is read of packets of others.</summary>
    private static void AddResuming(ImmutableArray<NftExpression>.Builder steps)
    {
        steps.Add(new NftExpression.Meta(NftMetaKey.TransportProtocol));
        AddEqual(steps, [(byte)TransportProtocol.Tcp]);
        steps.Add(new NftExpression.Conntrack(NftConntrackKey.State));
        steps.Add(new NftExpression.Bitwise(HostNumber(New), HostNumber(0)));
        steps.Add(new NftExpression.Compare(NftCompareOperator.NotEqual, HostNumber(0)));
        steps.Add(new NftExpression.Payload(NftPayloadBase.Transport, TcpFlags, Length: 1));
        steps.Add(new NftExpression.Bitwise(EquatableArray.Create<byte>([Match.Resuming.FlagMask]), EquatableArray.Create<byte>([0])));
        steps.Add(new NftExpression.Compare(
            NftCompareOperator.NotEqual, EquatableArray.Create<byte>([Match.Resuming.BeginFlags])));
    }

    private static void AddFamily(ImmutableArray<NftExpression>.Builder steps, IpFamily wanted, ref IpFamily? family)
    {
        const byte IPv4 = 2, IPv6 = 10; // NFPROTO_IPV4, NFPROTO_IPV6
        if (family != wanted)
        {
            steps.Add(new NftExpression.Meta(NftMetaKey.NetworkProtocol));
            AddEqual(steps, [wanted == IpFamily.V4 ? IPv4 : IPv6]);
            family = wanted;
        }
    }

    private static void AddLookup(
        ImmutableArray<NftExpression>.Builder steps, MatchSet set, ref IpFamily? family, bool isInverted = false)
    {
        if (set.Family is { } wanted)
        {
            AddFamily(steps, wanted, ref family); // the payload's offsets only hold in packets of the family
        }

        foreach (var field in SetLayout.Of(set).Fields)
        {
            steps.Add(Load(field, set.Family));
        }

        steps.Add(new NftExpression.Lookup(set.Name, Inverted: isInverted));
    }

    private static NftExpression Load(SetLayout.Field field, IpFamily? family)
    {
        var register = field.Offset / 4;
        var ipv6 = family == IpFamily.V6;
        return field.Source switch
        {
            RuleField.SourceAddress => new NftExpression.Payload(
                NftPayloadBase.Network, ipv6 ? SourceInIPv6 : SourceInIPv4, field.Type.Length, register),
            RuleField.DestinationAddress => new NftExpression.Payload(
                NftPayloadBase.Network, ipv6 ? DestinationInIPv6 : DestinationInIPv4, field.Type.Length, register),
            RuleField.DestinationPort => new NftExpression.Payload(
                NftPayloadBase.Transport, DestinationPort, field.Type.Length, register),
            RuleField.SourcePort => new NftExpression.Payload(
                NftPayloadBase.Transport, SourcePort, field.Type.Length, register),
            RuleField.IcmpMessage => new NftExpression.Payload(
                NftPayloadBase.Transport, IcmpMessage, field.Type.Length, register),
            RuleField.Protocol => new NftExpression.Meta(NftMetaKey.TransportProtocol, register),
            _ => new NftExpression.Meta(InterfaceKey(field.Source), register),
        };
    }

    private static void AddAction(
        ImmutableArray<NftExpression>.Builder steps, RuleAction action, Ruleset ruleset, NftQueueing queueing)
    {
        switch (action)
        {
            case RuleAction.Decide { Verdict: var verdict }:
                steps.Add(new NftExpression.Immediate(Verdict(verdict)));
                break;
            case RuleAction.Dispatch { MapName: var name }:
                steps.Add(new NftExpression.Meta(InterfaceKey(ruleset.Maps[name].Key)));
                steps.Add(new NftExpression.VerdictLookup(name));
                break;
            case RuleAction.Hold { Queue: var queue }:
                steps.Add(queueing switch
                {
                    NftQueueing.Expression => new NftExpression.Queue(queue),
                    NftQueueing.Target => new NftExpression.QueueTarget(queue),
                    _ => new NftExpression.Log(queue, "", CopiedOctets), // and the packet goes on to what lets it pass
                });
                break;
            case RuleAction.Report { Packet: var report }:
                steps.Add(new NftExpression.Limit((ulong)report.PacketsPerSecond, UnitSeconds: 1, (uint)report.Burst));
                steps.Add(new NftExpression.Log(report.Group, report.Prefix, report.SnapLength));
                break;
            case RuleAction.SetMark { Bit: var bit, IsSet: var isSet }:
                // Without the bit, and then with it where it is set: (mark AND NOT bit) XOR bit.
                steps.Add(new NftExpression.Meta(NftMetaKey.Mark));
                steps.Add(new NftExpression.Bitwise(HostNumber(~bit), HostNumber(isSet ? bit : 0)));
                steps.Add(new NftExpression.MetaSet(NftMetaKey.Mark));
                break;
            case RuleAction.Untrack:
                steps.Add(new NftExpression.Untrack());
                break;
            default:
                throw new UnreachableException($"{action} has no expression.");
        }
    }

    private static void AddEqual(ImmutableArray<NftExpression>.Builder steps, ReadOnlySpan<byte> value) =>
        steps.Add(new NftExpression.Compare(NftCompareOperator.Equal, EquatableArray.Create(value)));

    private static NftMetaKey InterfaceKey(RuleField field) => field == RuleField.InputInterface
        ? NftMetaKey.InputInterfaceName
        : NftMetaKey.OutputInterfaceName;

    private static NftHook Hook(HookPoint point) => point switch
    {
        HookPoint.Prerouting => NftHook.Prerouting,
        HookPoint.Input => NftHook.Input,
        HookPoint.Forward => NftHook.Forward,
        HookPoint.Output => NftHook.Output,
        _ => NftHook.Postrouting,
    };

    private static EquatableArray<byte> HostNumber(uint number) =>
        EquatableArray.Create<byte>(MemoryMarshal.AsBytes(new ReadOnlySpan<uint>(in number)));
}
