using System.Buffers.Binary;
using System.Runtime.InteropServices;
using Routing.Agent.Netlink.Route;
using Routing.Policy.Model;
using Routing.Policy.Rules;

namespace Routing.Agent.Netlink.Netfilter;

/// <summary>Entries of connection tracking to and from octets (linux/netfilter/nfnetlink_conntrack.h). All numbers are
/// big-endian but the filter's flags.</summary>
internal static class ConntrackCodec
{
    private const ushort Subsystem = 1 << 8; // NFNL_SUBSYS_CTNETLINK
    private const ushort New = Subsystem | 0, Get = Subsystem | 1, Delete = Subsystem | 2; // IPCTNL_MSG_CT_*

    private const ushort Original = 1, Reply = 2, Status = 3, Id = 12, Zone = 18, Filter = 25; // CTA_*
    private const ushort Ip = 1, Proto = 2; // CTA_TUPLE_*
    private const ushort V4Source = 1, V4Destination = 2, V6Source = 3, V6Destination = 4; // CTA_IP_*
    private const ushort Number = 1, SourcePort = 2, DestinationPort = 3; // CTA_PROTO_*
    private const ushort IcmpId = 4, IcmpType = 5, IcmpCode = 6; // CTA_PROTO_ICMP_*
    private const ushort IcmpV6Id = 7, IcmpV6Type = 8, IcmpV6Code = 9; // CTA_PROTO_ICMPV6_*
    private const ushort FilterOriginal = 1, FilterReply = 2; // CTA_FILTER_{ORIG,REPLY}_FLAGS
    private const uint FilterSource = 1; // CTA_FILTER_FLAG(CTA_IP_SRC)
    private const uint Expected = 1; // IPS_EXPECTED

    /// <summary>Asks for the entries of an IP version.</summary>
    /// <param name="end">Only those that this address began, or, with <paramref name="isReply"/>, answers. A kernel before
    /// 5.8 does not know the filter and gives all; others give all but those of an IPv6 address (its comparison is the wrong
    /// way round), so that one is not asked for.</param>
    public static void WriteList(NetlinkWriter writer, IpFamily family, Address? end = null, bool isReply = false)
    {
        Begin(writer, Get, family, 0);
        if (end is { Family: IpFamily.V4 } address)
        {
            var tuple = writer.BeginNested(isReply ? Reply : Original);
            var ip = writer.BeginNested(Ip);
            writer.PutBytes(V4Source, Octets(address, stackalloc byte[16]));
            writer.EndNested(ip);
            writer.EndNested(tuple);
            var filter = writer.BeginNested(Filter);
            writer.PutU32(FilterOriginal, isReply ? 0 : FilterSource);
            writer.PutU32(FilterReply, isReply ? FilterSource : 0);
            writer.EndNested(filter);
        }

        writer.EndMessage();
    }

    /// <summary>Removes one entry. Without a tuple the kernel would remove them all, so there is always one.</summary>
    public static void WriteDelete(NetlinkWriter writer, uint sequence, in ConntrackEntry entry)
    {
        Begin(writer, Delete, entry.Original.Source.Family, sequence);
        WriteTuple(writer, Original, entry.Original);
        writer.PutU32BigEndian(Id, entry.Id);
        writer.EndMessage();
    }

    /// <summary>Reads an entry; false for another message, and for a tuple that is not of IPv4 or IPv6.</summary>
    public static bool TryDecode(in NetlinkMessage message, out ConntrackEntry entry)
    {
        entry = default;
        if (message.Type != New || !message.TryReadStruct<Header>(out _, out var attributes))
        {
            return false;
        }

        ConntrackTuple original = default, reply = default;
        var (id, zone, expected, seen) = (0u, (ushort)0, false, 0);
        while (attributes.TryRead(out var attribute))
        {
            switch (attribute.Type)
            {
                case Original:
                    seen |= TryReadTuple(attribute.Nested, out original) ? 1 : 0;
                    break;
                case Reply:
                    seen |= TryReadTuple(attribute.Nested, out reply) ? 2 : 0;
                    break;
                case Status:
                    expected = (attribute.U32BigEndian & Expected) != 0;
                    break;
                case Id:
                    id = attribute.U32BigEndian;
                    break;
                case Zone:
                    zone = U16(attribute);
                    break;
            }
        }

        entry = new ConntrackEntry(original, reply, id, zone, expected);
        return seen == 3;
    }

    private static void Begin(NetlinkWriter writer, ushort type, IpFamily family, uint sequence)
    {
        writer.BeginMessage(type, NetlinkFlags.None, sequence);
        writer.PutStruct(new Header { Family = family == IpFamily.V4 ? AddressFamilies.IPv4 : AddressFamilies.IPv6 });
    }

    private static void WriteTuple(NetlinkWriter writer, ushort type, in ConntrackTuple value)
    {
        var v4 = value.Source.Family == IpFamily.V4;
        Span<byte> octets = stackalloc byte[16];
        var tuple = writer.BeginNested(type);
        var ip = writer.BeginNested(Ip);
        writer.PutBytes(v4 ? V4Source : V6Source, Octets(value.Source, octets));
        writer.PutBytes(v4 ? V4Destination : V6Destination, Octets(value.Destination, octets));
        writer.EndNested(ip);
        var proto = writer.BeginNested(Proto);
        writer.PutU8(Number, value.Protocol);
        switch ((TransportProtocol)value.Protocol)
        {
            case TransportProtocol.Icmp:
                PutBigEndian(writer, IcmpId, value.SourcePort);
                writer.PutU8(IcmpType, value.IcmpType);
                writer.PutU8(IcmpCode, value.IcmpCode);
                break;
            case TransportProtocol.IcmpV6:
                PutBigEndian(writer, IcmpV6Id, value.SourcePort);
                writer.PutU8(IcmpV6Type, value.IcmpType);
                writer.PutU8(IcmpV6Code, value.IcmpCode);
                break;
            default:
                PutBigEndian(writer, SourcePort, value.SourcePort);
                PutBigEndian(writer, DestinationPort, value.DestinationPort);
                break;
        }

        writer.EndNested(proto);
        writer.EndNested(tuple);
    }

    private static bool TryReadTuple(AttributeReader attributes, out ConntrackTuple tuple)
    {
        Address? source = null, destination = null;
        tuple = default;
        while (attributes.TryRead(out var attribute))
        {
            var inner = attribute.Nested;
            while (inner.TryRead(out var field))
            {
                if (attribute.Type == Ip)
                {
                    source = field.Type is V4Source or V6Source ? ReadAddress(field.Payload) : source;
                    destination = field.Type is V4Destination or V6Destination ? ReadAddress(field.Payload) : destination;
                    continue;
                }

                tuple = field.Type switch
                {
                    _ when attribute.Type != Proto => tuple,
                    Number => tuple with { Protocol = field.U8 },
                    SourcePort or IcmpId or IcmpV6Id => tuple with { SourcePort = U16(field) },
                    DestinationPort => tuple with { DestinationPort = U16(field) },
                    IcmpType or IcmpV6Type => tuple with { IcmpType = field.U8 },
                    IcmpCode or IcmpV6Code => tuple with { IcmpCode = field.U8 },
                    _ => tuple,
                };
            }
        }

        tuple = tuple with { Source = source.GetValueOrDefault(), Destination = destination.GetValueOrDefault() };
        return source is not null && destination is not null;
    }

    private static Address? ReadAddress(ReadOnlySpan<byte> octets) => octets.Length switch
    {
        4 => new Address(IpFamily.V4, BinaryPrimitives.ReadUInt32BigEndian(octets)),
        16 => new Address(IpFamily.V6, BinaryPrimitives.ReadUInt128BigEndian(octets)),
        _ => null,
    };

    private static ReadOnlySpan<byte> Octets(Address address, Span<byte> buffer)
    {
        BinaryPrimitives.WriteUInt128BigEndian(buffer, address.Value);
        return address.Family == IpFamily.V4 ? buffer[12..] : buffer;
    }

    private static ushort U16(in NetlinkAttribute attribute) =>
        BinaryPrimitives.TryReadUInt16BigEndian(attribute.Payload, out var value) ? value : (ushort)0;

    private static void PutBigEndian(NetlinkWriter writer, ushort type, ushort value)
    {
        Span<byte> octets = stackalloc byte[2];
        BinaryPrimitives.WriteUInt16BigEndian(octets, value);
        writer.PutBytes(type, octets);
    }

    /// <summary>struct nfgenmsg (linux/netfilter/nfnetlink.h).</summary>
    [StructLayout(LayoutKind.Sequential)]
    private struct Header
    {
        public byte Family;
        public byte Version; // NFNETLINK_V0
        public ushort ResourceId;
    }
}
