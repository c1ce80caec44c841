using System.Buffers.Binary;
using System.Diagnostics;
using System.Runtime.InteropServices;
using Routing.Policy.Model;

namespace Routing.Agent.Netlink.Nftables;

/// <summary>Expressions to and from octets (NFTA_EXPR_NAME, NFTA_EXPR_DATA, and a set of attributes for each
/// kind).</summary>
internal static class NftExpressionCodec
{
    private const ushort Name = 1, Data = 2, ListElement = 1; // NFTA_EXPR_*, NFTA_LIST_ELEM
    private const ushort MetaDestination = 1, MetaKey = 2, MetaSource = 3; // NFTA_META_*
    private const ushort PayloadDestination = 1, PayloadBase = 2, PayloadOffset = 3, PayloadLength = 4;
    private const ushort ConntrackDestination = 1, ConntrackKey = 2; // NFTA_CT_*
    private const ushort CompareSource = 1, CompareOperator = 2, CompareData = 3; // NFTA_CMP_*
    private const ushort BitwiseSource = 1, BitwiseDestination = 2, BitwiseLength = 3, BitwiseMask = 4, BitwiseXor = 5;
    private const ushort BitwiseOperation = 6; // NFTA_BITWISE_*
    private const uint MaskAndXor = 0; // NFT_BITWISE_MASK_XOR; others shift
    private const ushort LookupSet = 1, LookupSource = 2, LookupDestination = 3, LookupFlags = 5; // NFTA_LOOKUP_*
    private const uint LookupInverted = 1; // NFT_LOOKUP_F_INV
    private const ushort ImmediateDestination = 1, ImmediateData = 2; // NFTA_IMMEDIATE_*
    private const ushort LogGroup = 1, LogPrefix = 2, LogSnapLength = 3; // NFTA_LOG_*
    private const ushort LimitRate = 1, LimitUnit = 2, LimitBurst = 3, LimitType = 4, LimitFlags = 5; // NFTA_LIMIT_*
    private const uint LimitPackets = 0; // NFT_LIMIT_PKTS; the other counts octets
    private const ushort CounterOctets = 1, CounterPackets = 2; // NFTA_COUNTER_BYTES, NFTA_COUNTER_PACKETS
    private const ushort QueueNumber = 1, QueueTotal = 2, QueueFlags = 3; // NFTA_QUEUE_*
    private const ushort QueueBypass = 1; // NFT_QUEUE_FLAG_BYPASS, NFQ_FLAG_BYPASS
    private const ushort TargetName = 1, TargetRevision = 2, TargetInfo = 3; // NFTA_TARGET_*
    private const string QueueTarget = "NFQUEUE";
    private const uint QueueTargetRevision = 3;
    private const int QueueInfoUsed = 6; // octets; the rest is padding
    private const uint VerdictRegister = 0; // NFT_REG_VERDICT

    /// <summary>Writes one of a rule's list.</summary>
    public static void Write(NetlinkWriter writer, NftExpression expression) => WriteOne(writer, ListElement, expression);

    /// <summary>Writes one as an attribute of its own.</summary>
    public static void WriteOne(NetlinkWriter writer, ushort attribute, NftExpression expression)
    {
        var element = writer.BeginNested(attribute);
        writer.PutString(Name, NameOf(expression));
        var data = writer.BeginNested(Data);
        WriteData(writer, expression);
        writer.EndNested(data);
        writer.EndNested(element);
    }

    /// <summary>Reads a rule's list.</summary>
    public static EquatableArray<NftExpression> ReadList(AttributeReader list)
    {
        var expressions = new List<NftExpression>();
        while (list.TryRead(out var element))
        {
            var parts = element.Nested;
            var name = "";
            NetlinkAttribute data = default;
            while (parts.TryRead(out var part))
            {
                if (part.Type == Name)
                {
                    name = part.Text;
                }
                else if (part.Type == Data)
                {
                    data = part;
                }
            }

            expressions.Add(Read(name, data.Nested));
        }

        return expressions.ToEquatableArray();
    }

    /// <summary>Reads what the first counter of a rule's list has counted.</summary>
    /// <returns>False for a rule without one.</returns>
    public static bool TryReadCount(AttributeReader list, out long packets, out long octets)
    {
        (packets, octets) = (0, 0);
        while (list.TryRead(out var element))
        {
            if (TryReadOneCount(element.Nested, out packets, out octets))
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>Reads what one expression has counted.</summary>
    /// <returns>False for one that does not count.</returns>
    public static bool TryReadOneCount(AttributeReader expression, out long packets, out long octets)
    {
        (packets, octets) = (0, 0);
        var isCounter = false;
        while (expression.TryRead(out var part))
        {
            isCounter |= part.Type == Name && part.Text == NftSet.Counter;
            var data = part.Nested;
            while (isCounter && part.Type == Data && data.TryRead(out var attribute))
            {
                packets = attribute.Type == CounterPackets ? (long)attribute.U64BigEndian : packets;
                octets = attribute.Type == CounterOctets ? (long)attribute.U64BigEndian : octets;
            }
        }

        return isCounter;
    }

    /// <summary>Reads which one it is.</summary>
    public static string ReadName(AttributeReader expression)
    {
        while (expression.TryRead(out var part))
        {
            if (part.Type == Name)
            {
                return part.Text;
            }
        }

        return "";
    }

    private static string NameOf(NftExpression expression) => expression switch
    {
        NftExpression.Meta or NftExpression.MetaSet => "meta",
        NftExpression.Untrack => "notrack",
        NftExpression.Payload => "payload",
        NftExpression.Conntrack => "ct",
        NftExpression.Compare => "cmp",
        NftExpression.Bitwise => "bitwise",
        NftExpression.Lookup or NftExpression.VerdictLookup => "lookup",
        NftExpression.Immediate => "immediate",
        NftExpression.Counter => NftSet.Counter,
        NftExpression.Log => "log",
        NftExpression.Limit => "limit",
        NftExpression.Queue => "queue",
        NftExpression.QueueTarget => "target",
        _ => throw new UnreachableException($"{expression} is not ours to write."),
    };

    private static void WriteData(NetlinkWriter writer, NftExpression expression)
    {
        switch (expression)
        {
            case NftExpression.Meta meta:
                writer.PutU32BigEndian(MetaDestination, RegisterNumber(meta.Register));
                writer.PutU32BigEndian(MetaKey, (uint)meta.Key);
                break;
            case NftExpression.MetaSet meta:
                writer.PutU32BigEndian(MetaKey, (uint)meta.Key);
                writer.PutU32BigEndian(MetaSource, RegisterNumber(meta.Register));
                break;
            case NftExpression.Payload payload:
                writer.PutU32BigEndian(PayloadDestination, RegisterNumber(payload.Register));
                writer.PutU32BigEndian(PayloadBase, (uint)payload.Base);
                writer.PutU32BigEndian(PayloadOffset, (uint)payload.Offset);
                writer.PutU32BigEndian(PayloadLength, (uint)payload.Length);
                break;
            case NftExpression.Conntrack conntrack:
                writer.PutU32BigEndian(ConntrackDestination, RegisterNumber(conntrack.Register));
                writer.PutU32BigEndian(ConntrackKey, (uint)conntrack.Key);
                break;
            case NftExpression.Compare compare:
                writer.PutU32BigEndian(CompareSource, RegisterNumber(compare.Register));
                writer.PutU32BigEndian(CompareOperator, (uint)compare.Operator);
                NftData.WriteValue(writer, CompareData, compare.Value.Items.AsSpan());
                break;
            case NftExpression.Bitwise bitwise:
                writer.PutU32BigEndian(BitwiseSource, RegisterNumber(bitwise.Register));
                writer.PutU32BigEndian(BitwiseDestination, RegisterNumber(bitwise.Register));
                writer.PutU32BigEndian(BitwiseLength, (uint)bitwise.Mask.Count);
                NftData.WriteValue(writer, BitwiseMask, bitwise.Mask.Items.AsSpan());
                NftData.WriteValue(writer, BitwiseXor, bitwise.Xor.Items.AsSpan());
                break;
            case NftExpression.Lookup lookup:
                writer.PutString(LookupSet, lookup.Set);
                writer.PutU32BigEndian(LookupSource, RegisterNumber(lookup.Register));
                if (lookup.Inverted)
                {
                    writer.PutU32BigEndian(LookupFlags, LookupInverted);
                }

                break;
            case NftExpression.VerdictLookup lookup:
                writer.PutString(LookupSet, lookup.Map);
                writer.PutU32BigEndian(LookupSource, RegisterNumber(lookup.Register));
                writer.PutU32BigEndian(LookupDestination, VerdictRegister);
                break;
            case NftExpression.Immediate immediate:
                writer.PutU32BigEndian(ImmediateDestination, VerdictRegister);
                NftData.WriteVerdict(writer, ImmediateData, immediate.Verdict);
                break;
            case NftExpression.Log log:
                writer.PutU16(LogGroup, BinaryPrimitives.ReverseEndianness(log.Group));
                if (log.Prefix.Length > 0)
                {
                    writer.PutString(LogPrefix, log.Prefix);
                }

                if (log.SnapLength > 0)
                {
                    writer.PutU32BigEndian(LogSnapLength, (uint)log.SnapLength);
                }

                break;
            case NftExpression.Queue queue:
                writer.PutU16(QueueNumber, BinaryPrimitives.ReverseEndianness(queue.Number));
                writer.PutU16(QueueTotal, BinaryPrimitives.ReverseEndianness((ushort)1));
                writer.PutU16(QueueFlags, BinaryPrimitives.ReverseEndianness(QueueBypass));
                break;
            case NftExpression.QueueTarget queue:
                writer.PutString(TargetName, QueueTarget);
                writer.PutU32BigEndian(TargetRevision, QueueTargetRevision);
                writer.PutBytes(TargetInfo, QueueInfo(queue.Number));
                break;
            case NftExpression.Limit limit:
                writer.PutU64BigEndian(LimitRate, limit.Rate);
                writer.PutU64BigEndian(LimitUnit, limit.UnitSeconds);
                writer.PutU32BigEndian(LimitBurst, limit.Burst);
                writer.PutU32BigEndian(LimitType, LimitPackets);
                writer.PutU32BigEndian(LimitFlags, 0);
                break;
        }
    }

    private static NftExpression Read(string name, AttributeReader data)
    {
        // Attribute numbers mean another thing in each kind; all kinds have fewer than eight.
        Span<uint> numbers = stackalloc uint[8];
        NetlinkAttribute value = default, second = default;
        var (rate, unit) = (0ul, 0ul);
        var text = "";
        while (data.TryRead(out var attribute))
        {
            if (attribute.Type < numbers.Length)
            {
                numbers[attribute.Type] = attribute.U32BigEndian;
            }

            switch (name, attribute.Type)
            {
                case ("queue", _):
                    numbers[attribute.Type % numbers.Length] = BinaryPrimitives.ReverseEndianness(attribute.U16);
                    break;
                case ("cmp", CompareData) or ("bitwise", BitwiseMask) or ("immediate", ImmediateData) or ("target", TargetInfo):
                    value = attribute;
                    break;
                case ("bitwise", BitwiseXor):
                    second = attribute;
                    break;
                case ("lookup", LookupSet) or ("log", LogPrefix) or ("target", TargetName):
                    text = attribute.Text;
                    break;
                case ("lookup", LookupDestination):
                    value = attribute; // only its presence counts: it makes the look-up one for a verdict
                    break;
                case ("log", LogGroup):
                    numbers[LogGroup] = BinaryPrimitives.ReverseEndianness(attribute.U16);
                    break;
                case ("limit", LimitRate):
                    rate = attribute.U64BigEndian;
                    break;
                case ("limit", LimitUnit):
                    unit = attribute.U64BigEndian;
                    break;
            }
        }

        return name switch
        {
            "meta" when numbers[MetaDestination] != 0 =>
                new NftExpression.Meta((NftMetaKey)numbers[MetaKey], Register(numbers[MetaDestination])),
            "meta" when numbers[MetaSource] != 0 =>
                new NftExpression.MetaSet((NftMetaKey)numbers[MetaKey], Register(numbers[MetaSource])),
            "notrack" => new NftExpression.Untrack(),
            "payload" when numbers[PayloadDestination] != 0 => new NftExpression.Payload(
                (NftPayloadBase)numbers[PayloadBase], (int)numbers[PayloadOffset], (int)numbers[PayloadLength],
                Register(numbers[PayloadDestination])),
            "ct" when numbers[ConntrackDestination] != 0 => new NftExpression.Conntrack(
                (NftConntrackKey)numbers[ConntrackKey], Register(numbers[ConntrackDestination])),
            "cmp" => new NftExpression.Compare(
                (NftCompareOperator)numbers[CompareOperator], NftData.ReadValue(value),
                Register(numbers[CompareSource])),
            "bitwise" when numbers[BitwiseSource] == numbers[BitwiseDestination]
                && numbers[BitwiseOperation] == MaskAndXor => new NftExpression.Bitwise(
                NftData.ReadValue(value), NftData.ReadValue(second), Register(numbers[BitwiseSource])),
            "lookup" when value.Type == LookupDestination =>
                new NftExpression.VerdictLookup(text, Register(numbers[LookupSource])),
            "lookup" => new NftExpression.Lookup(
                text, Register(numbers[LookupSource]), (numbers[LookupFlags] & LookupInverted) != 0),
            "immediate" when NftData.TryReadVerdict(value, out var verdict) => new NftExpression.Immediate(verdict),
            "counter" => new NftExpression.Counter(),
            "log" => new NftExpression.Log((ushort)numbers[LogGroup], text, (int)numbers[LogSnapLength]),
            "limit" when numbers[LimitType] == LimitPackets && numbers[LimitFlags] == 0 =>
                new NftExpression.Limit(rate, unit, numbers[LimitBurst]),
            "queue" when numbers[QueueTotal] <= 1 && numbers[QueueFlags] == QueueBypass =>
                new NftExpression.Queue((ushort)numbers[QueueNumber]),
            "target" when text == QueueTarget && numbers[TargetRevision] == QueueTargetRevision
                && MemoryMarshal.TryRead(value.Payload, out ushort number) && value.Payload.StartsWith(QueueInfo(number).AsSpan(0, QueueInfoUsed)) =>
                new NftExpression.QueueTarget(number),
            _ => new NftExpression.Other(name),
        };
    }

    /// <summary>struct xt_NFQ_info_v3 in the host's byte order: number, one queue, flags; padded to eight octets.</summary>
    private static byte[] QueueInfo(ushort number)
    {
        var info = new byte[8];
        MemoryMarshal.Write(info, number);
        MemoryMarshal.Write(info.AsSpan(2), (ushort)1);
        MemoryMarshal.Write(info.AsSpan(4), QueueBypass);
        return info;
    }

    /// <summary>Four registers of 16 octets came first (NFT_REG_1 to 4); those of four octets (NFT_REG32_00 to 15)
    /// share their space. The kernel dumps the old number wherever one fits, so that is what we write.</summary>
    private static uint RegisterNumber(int register) => (uint)(register % 4 == 0 ? 1 + (register / 4) : 8 + register);

    private static int Register(uint number) => number >= 8 ? (int)number - 8 : ((int)number - 1) * 4;
}
