using System.Net;
using System.Runtime.InteropServices;

namespace Routing.Agent.Netlink.Route;

/// <summary>Interface addresses to and from octets: ifaddrmsg and its attributes (linux/if_addr.h).</summary>
internal static class AddressCodec
{
    private const ushort Peer = 1, Local = 2, LongFlags = 8; // IFA_ADDRESS, IFA_LOCAL, IFA_FLAGS
    private const uint NoDad = 2; // IFA_F_NODAD
    private const byte LinkScope = 253; // RT_SCOPE_LINK

    public static void WriteList(NetlinkWriter writer, int? ifIndex)
    {
        writer.BeginMessage(RouteMessageType.GetAddress, NetlinkFlags.None, 0);
        writer.PutStruct(new Header { IfIndex = ifIndex ?? 0 });
        writer.EndMessage();
    }

    public static void WriteAdd(NetlinkWriter writer, uint sequence, InterfaceAddress address) => Write(
        writer, RouteMessageType.NewAddress, NetlinkFlags.Create | NetlinkFlags.Exclusive, sequence, address);

    public static void WriteRemove(NetlinkWriter writer, uint sequence, InterfaceAddress address) =>
        Write(writer, RouteMessageType.DeleteAddress, NetlinkFlags.None, sequence, address);

    public static bool TryDecode(in NetlinkMessage message, out InterfaceAddress value)
    {
        value = null!;
        if (message.Type is not (RouteMessageType.NewAddress or RouteMessageType.DeleteAddress)
            || !message.TryReadStruct<Header>(out var header, out var attributes))
        {
            return false;
        }

        IPAddress? local = null, peer = null;
        uint flags = header.Flags;
        while (attributes.TryRead(out var attribute))
        {
            switch (attribute.Type)
            {
                case Local:
                    local = attribute.Address;
                    break;
                case Peer:
                    peer = attribute.Address;
                    break;
                case LongFlags:
                    flags = attribute.U32;
                    break;
            }
        }

        if ((local ?? peer) is not { } address)
        {
            return false;
        }

        // IPv4 has no duplicate address detection to skip; its flag would only be an echo of who added the address.
        var noDad = header.Family != AddressFamilies.IPv6 || (flags & NoDad) != 0;
        value = new InterfaceAddress(header.IfIndex, address, header.PrefixLength, noDad, header.Scope == LinkScope);
        return true;
    }

    private static void Write(
        NetlinkWriter writer, ushort type, NetlinkFlags flags, uint sequence, InterfaceAddress address)
    {
        var family = AddressFamilies.Of(address.Address);
        writer.BeginMessage(type, flags, sequence);
        writer.PutStruct(new Header
        {
            Family = family,
            PrefixLength = (byte)address.PrefixLength,
            Scope = address.LinkScope ? LinkScope : (byte)0,
            IfIndex = address.IfIndex,
        });
        writer.PutAddress(Local, address.Address);
        writer.PutAddress(Peer, address.Address);
        if (address.NoDad && family == AddressFamilies.IPv6)
        {
            writer.PutU32(LongFlags, NoDad);
        }

        writer.EndMessage();
    }

    /// <summary>struct ifaddrmsg (linux/if_addr.h).</summary>
    [StructLayout(LayoutKind.Sequential)]
    private struct Header
    {
        public byte Family;
        public byte PrefixLength;
        public byte Flags;
        public byte Scope;
        public int IfIndex;
    }
}
