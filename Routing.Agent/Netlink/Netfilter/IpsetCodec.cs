using System.Runtime.InteropServices;
using Routing.Agent.Netlink.Route;

namespace Routing.Agent.Netlink.Netfilter;

/// <summary>Elements of ipsets out of octets (linux/netfilter/ipset/ip_set.h). All numbers are big-endian.</summary>
internal static class IpsetCodec
{
    private const ushort List = (6 << 8) | 7; // NFNL_SUBSYS_IPSET, IPSET_CMD_LIST
    private const byte Version = 6; // IPSET_PROTOCOL_MIN, which later ones go on speaking

    private const ushort Protocol = 1, SetName = 2, Data = 7, Elements = 8; // IPSET_ATTR_*
    private const ushort Ip = 1, PrefixLength = 3, Port = 4, IpProtocol = 7, Octets = 24, Packets = 25; // likewise, of elements

    /// <summary>Asks for a set with its elements.</summary>
    public static void WriteList(NetlinkWriter writer, string name)
    {
        writer.BeginMessage(List, NetlinkFlags.None, 0);
        writer.PutStruct(new Header { Family = AddressFamilies.IPv4 });
        writer.PutU8(Protocol, Version);
        writer.PutString(SetName, name);
        writer.EndMessage();
    }

    /// <summary>Reads the elements in an answer; a set's is more than one message.</summary>
    public static void ReadElements(in NetlinkMessage message, List<IpsetElement> elements)
    {
        if (message.Type != List || !message.TryReadStruct<Header>(out _, out var attributes))
        {
            return;
        }

        while (attributes.TryRead(out var attribute))
        {
            var list = attribute.Nested;
            while (attribute.Type == Elements && list.TryRead(out var element))
            {
                if (element.Type == Data)
                {
                    elements.Add(Read(element.Nested));
                }
            }
        }
    }

    private static IpsetElement Read(AttributeReader fields)
    {
        var element = default(IpsetElement);
        while (fields.TryRead(out var field))
        {
            element = field.Type switch
            {
                Ip when field.Nested is var address && address.TryRead(out var octets) => element with
                {
                    Address = ReadNumber(octets.Payload),
                    Length = (byte)(8 * octets.Payload.Length), // the length of a block comes behind its address
                },
                PrefixLength => element with { Length = field.U8 },
                Port => element with { Port = (ushort)ReadNumber(field.Payload) },
                IpProtocol => element with { Protocol = field.U8 },
                Packets => element with { Packets = (long)field.U64BigEndian },
                Octets => element with { Octets = (long)field.U64BigEndian },
                _ => element,
            };
        }

        return element;
    }

    private static UInt128 ReadNumber(ReadOnlySpan<byte> octets)
    {
        UInt128 value = 0;
        foreach (var octet in octets)
        {
            value = (value << 8) | octet;
        }

        return value;
    }

    /// <summary>struct nfgenmsg (linux/netfilter/nfnetlink.h).</summary>
    [StructLayout(LayoutKind.Sequential)]
    private struct Header
    {
        public byte Family; // any: it is the name that says which set
        public byte Version;
        public ushort ResourceId;
    }
}
