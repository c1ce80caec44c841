using System.Net;
using System.Runtime.InteropServices;

namespace Routing.Agent.Netlink.Route;

/// <summary>Routing policy rules to and from octets: fib_rule_hdr and its attributes (linux/fib_rules.h).</summary>
internal static class RuleCodec
{
    private const ushort Destination = 1, Source = 2, Priority = 6, Mark = 10; // FRA_*
    private const ushort TableId = 15, MarkMask = 16, Protocol = 21; // FRA_*
    private const byte ToTable = 1; // FR_ACT_TO_TBL

    public static void WriteList(NetlinkWriter writer, bool ipv6)
    {
        writer.BeginMessage(RouteMessageType.GetRule, NetlinkFlags.None, 0);
        writer.PutStruct(new Header { Family = AddressFamilies.Of(ipv6) });
        writer.EndMessage();
    }

    public static void WriteAdd(NetlinkWriter writer, uint sequence, RoutingRule rule) =>
        Write(writer, RouteMessageType.NewRule, NetlinkFlags.Create | NetlinkFlags.Exclusive, sequence, rule);

    public static void WriteRemove(NetlinkWriter writer, uint sequence, RoutingRule rule) =>
        Write(writer, RouteMessageType.DeleteRule, NetlinkFlags.None, sequence, rule);

    public static bool TryDecode(in NetlinkMessage message, out RoutingRule rule)
    {
        rule = null!;
        if (message.Type is not (RouteMessageType.NewRule or RouteMessageType.DeleteRule)
            || !message.TryReadStruct<Header>(out var header, out var attributes)
            || header.Action != ToTable
            || header.Family is not (AddressFamilies.IPv4 or AddressFamilies.IPv6))
        {
            return false;
        }

        IPAddress? source = null, destination = null;
        uint priority = 0, table = header.Table;
        uint? mark = null;
        byte protocol = 0;
        while (attributes.TryRead(out var attribute))
        {
            switch (attribute.Type)
            {
                case Destination:
                    destination = attribute.Address;
                    break;
                case Source:
                    source = attribute.Address;
                    break;
                case Priority:
                    priority = attribute.U32;
                    break;
                case Mark:
                    mark = attribute.U32;
                    break;
                case TableId:
                    table = attribute.U32;
                    break;
                case Protocol:
                    protocol = attribute.U8;
                    break;
            }
        }

        rule = new RoutingRule(
            header.Family == AddressFamilies.IPv6, priority, table,
            source is null ? null : AddressFamilies.Prefix(header.Family, source, header.SourceLength),
            destination is null ? null : AddressFamilies.Prefix(header.Family, destination, header.DestinationLength),
            mark, protocol);
        return true;
    }

    private static void Write(NetlinkWriter writer, ushort type, NetlinkFlags flags, uint sequence, RoutingRule rule)
    {
        writer.BeginMessage(type, flags, sequence);
        writer.PutStruct(new Header
        {
            Family = AddressFamilies.Of(rule.IPv6),
            DestinationLength = (byte)(rule.Destination?.PrefixLength ?? 0),
            SourceLength = (byte)(rule.Source?.PrefixLength ?? 0),
            Action = ToTable,
        });
        if (rule.Destination is { } destination)
        {
            writer.PutAddress(Destination, destination.BaseAddress);
        }

        if (rule.Source is { } source)
        {
            writer.PutAddress(Source, source.BaseAddress);
        }

        if (rule.Mark is { } mark)
        {
            writer.PutU32(Mark, mark);
            writer.PutU32(MarkMask, uint.MaxValue);
        }

        writer.PutU32(Priority, rule.Priority);
        writer.PutU32(TableId, rule.Table);
        writer.PutU8(Protocol, rule.Protocol);
        writer.EndMessage();
    }

    /// <summary>struct fib_rule_hdr (linux/fib_rules.h).</summary>
    [StructLayout(LayoutKind.Sequential)]
    private struct Header
    {
        public byte Family;
        public byte DestinationLength;
        public byte SourceLength;
        public byte Tos;
        public byte Table;
        public byte Reserved1;
        public byte Reserved2;
        public byte Action;
        public uint Flags;
    }
}
