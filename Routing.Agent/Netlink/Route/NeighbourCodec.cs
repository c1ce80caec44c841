using System.Net;
using System.Net.NetworkInformation;
using System.Runtime.InteropServices;

namespace Routing.Agent.Netlink.Route;

/// <summary>Neighbour entries to and from octets: ndmsg and its attributes (linux/neighbour.h).</summary>
internal static class NeighbourCodec
{
    private const ushort Destination = 1, LinkLayerAddress = 2, IfIndexFilter = 8; // NDA_DST, NDA_LLADDR, NDA_IFINDEX

    public static void WriteList(NetlinkWriter writer, int? ifIndex)
    {
        writer.BeginMessage(RouteMessageType.GetNeighbour, NetlinkFlags.None, 0);
        writer.PutStruct(default(Header));
        if (ifIndex is { } wanted)
        {
            writer.PutU32(IfIndexFilter, (uint)wanted);
        }

        writer.EndMessage();
    }

    public static void WritePut(NetlinkWriter writer, uint sequence, Neighbour neighbour)
    {
        writer.BeginMessage(RouteMessageType.NewNeighbour, NetlinkFlags.Create | NetlinkFlags.Replace, sequence);
        WriteKey(writer, neighbour);
        writer.PutBytes(LinkLayerAddress, neighbour.Mac.GetAddressBytes());
        writer.EndMessage();
    }

    public static void WriteRemove(NetlinkWriter writer, uint sequence, Neighbour neighbour)
    {
        writer.BeginMessage(RouteMessageType.DeleteNeighbour, NetlinkFlags.None, sequence);
        WriteKey(writer, neighbour);
        writer.EndMessage();
    }

    public static bool TryDecode(in NetlinkMessage message, out Neighbour neighbour)
    {
        neighbour = null!;
        if (message.Type is not (RouteMessageType.NewNeighbour or RouteMessageType.DeleteNeighbour)
            || !message.TryReadStruct<Header>(out var header, out var attributes)
            || header.Family is not (AddressFamilies.IPv4 or AddressFamilies.IPv6))
        {
            return false;
        }

        IPAddress? address = null;
        var mac = PhysicalAddress.None;
        while (attributes.TryRead(out var attribute))
        {
            switch (attribute.Type)
            {
                case Destination:
                    address = attribute.Address;
                    break;
                case LinkLayerAddress:
                    mac = new PhysicalAddress(attribute.Payload.ToArray());
                    break;
            }
        }

        if (address is null)
        {
            return false;
        }

        neighbour = new Neighbour(header.IfIndex, address, mac, (NeighbourState)header.State);
        return true;
    }

    private static void WriteKey(NetlinkWriter writer, Neighbour neighbour)
    {
        writer.PutStruct(new Header
        {
            Family = AddressFamilies.Of(neighbour.Address),
            IfIndex = neighbour.IfIndex,
            State = (ushort)neighbour.State,
        });
        writer.PutAddress(Destination, neighbour.Address);
    }

    /// <summary>struct ndmsg (linux/neighbour.h).</summary>
    [StructLayout(LayoutKind.Sequential)]
    private struct Header
    {
        public byte Family;
        public byte Padding1;
        public ushort Padding2;
        public int IfIndex;
        public ushort State;
        public byte Flags;
        public byte Type;
    }
}
