using System.Net.NetworkInformation;
using System.Runtime.InteropServices;

namespace Routing.Agent.Netlink.Route;

/// <summary>Links to and from octets: ifinfomsg and its attributes (linux/if_link.h).</summary>
internal static class LinkCodec
{
    private const uint UpFlag = 1, RunningFlag = 0x40; // IFF_UP, IFF_RUNNING
    private const ushort Address = 1, IfName = 3, Mtu = 4, PeerLink = 5, LinkInfo = 18, IfAlias = 20; // IFLA_*
    private const ushort FamilySpec = 26, NamespaceFd = 28, ExtensionMask = 29; // IFLA_AF_SPEC, _NET_NS_FD, _EXT_MASK
    private const ushort InfoKind = 1, InfoData = 2; // IFLA_INFO_*
    private const ushort VethPeer = 1; // VETH_INFO_PEER
    private const ushort AddressGenerationMode = 8; // IFLA_INET6_ADDR_GEN_MODE
    private const uint SkipStatistics = 1 << 3; // RTEXT_FILTER_SKIP_STATS: most of a dump's octets

    public static void WriteList(NetlinkWriter writer)
    {
        writer.BeginMessage(RouteMessageType.GetLink, NetlinkFlags.None, 0);
        writer.PutStruct(default(Header));
        writer.PutU32(ExtensionMask, SkipStatistics);
        writer.EndMessage();
    }

    public static void WriteGet(NetlinkWriter writer, uint sequence, string name)
    {
        writer.BeginMessage(RouteMessageType.GetLink, NetlinkFlags.None, sequence);
        writer.PutStruct(default(Header));
        writer.PutString(IfName, name);
        writer.PutU32(ExtensionMask, SkipStatistics);
        writer.EndMessage();
    }

    public static void WriteGet(NetlinkWriter writer, uint sequence, int ifIndex)
    {
        writer.BeginMessage(RouteMessageType.GetLink, NetlinkFlags.None, sequence);
        writer.PutStruct(new Header { IfIndex = ifIndex });
        writer.PutU32(ExtensionMask, SkipStatistics);
        writer.EndMessage();
    }

    public static void WriteAddVeth(NetlinkWriter writer, uint sequence, VethSpec spec)
    {
        writer.BeginMessage(RouteMessageType.NewLink, NetlinkFlags.Create | NetlinkFlags.Exclusive, sequence);
        writer.PutStruct(new Header { Flags = spec.Up ? UpFlag : 0, Change = spec.Up ? UpFlag : 0 });
        WriteSide(writer, spec.Name, spec.Mac, spec.Mtu);
        var info = writer.BeginNested(LinkInfo);
        writer.PutString(InfoKind, "veth");
        var data = writer.BeginNested(InfoData);
        var peer = writer.BeginNested(VethPeer);
        writer.PutStruct(default(Header));
        WriteSide(writer, spec.PeerName, spec.PeerMac, spec.Mtu);
        writer.PutU32(NamespaceFd, (uint)spec.PeerNamespace.DangerousGetHandle());
        writer.EndNested(peer);
        writer.EndNested(data);
        writer.EndNested(info);
        writer.EndMessage();
    }

    /// <summary>Writes one or two requests: the kernel reads IFLA_AF_SPEC after it has set the flags, and a link that
    /// comes up makes its link-local address at once, so the address mode has to travel ahead.</summary>
    /// <returns>The number of requests.</returns>
    public static int WriteChange(NetlinkWriter writer, Func<uint> nextSequence, int ifIndex, LinkChange change)
    {
        var count = 0;
        if (change.GenerateLinkLocal is { } generate)
        {
            WriteGenerationMode(writer, nextSequence(), ifIndex, generate);
            count++;
        }

        if (count == 0 || change != new LinkChange { GenerateLinkLocal = change.GenerateLinkLocal })
        {
            WriteAttributes(writer, nextSequence(), ifIndex, change);
            count++;
        }

        return count;
    }

    public static void WriteRemove(NetlinkWriter writer, uint sequence, string name)
    {
        writer.BeginMessage(RouteMessageType.DeleteLink, NetlinkFlags.None, sequence);
        writer.PutStruct(default(Header));
        writer.PutString(IfName, name);
        writer.EndMessage();
    }

    public static bool TryDecode(in NetlinkMessage message, out Link link)
    {
        link = null!;
        if (message.Type is not (RouteMessageType.NewLink or RouteMessageType.DeleteLink)
            || !message.TryReadStruct<Header>(out var header, out var attributes)
            || header.Family != AddressFamilies.Unspecified) // a bridge's port attributes also come as links
        {
            return false;
        }

        string? name = null, kind = null, alias = null;
        PhysicalAddress? mac = null;
        int mtu = 0;
        int? peer = null;
        while (attributes.TryRead(out var attribute))
        {
            switch (attribute.Type)
            {
                case Address:
                    mac = new PhysicalAddress(attribute.Payload.ToArray());
                    break;
                case IfName:
                    name = attribute.Text;
                    break;
                case Mtu:
                    mtu = (int)attribute.U32;
                    break;
                case PeerLink:
                    peer = (int)attribute.U32;
                    break;
                case LinkInfo:
                    kind = ReadKind(attribute.Nested);
                    break;
                case IfAlias:
                    alias = attribute.Text;
                    break;
            }
        }

        link = new Link(
            header.IfIndex, name ?? "", kind, mac, mtu, (header.Flags & UpFlag) != 0, peer is 0 ? null : peer, alias)
        {
            IsRunning = (header.Flags & RunningFlag) != 0,
        };
        return name is not null;
    }

    private static void WriteSide(NetlinkWriter writer, string name, PhysicalAddress? mac, int? mtu)
    {
        writer.PutString(IfName, name);
        if (mac is not null)
        {
            writer.PutBytes(Address, mac.GetAddressBytes());
        }

        if (mtu is { } octets)
        {
            writer.PutU32(Mtu, (uint)octets);
        }
    }

    private static void WriteGenerationMode(NetlinkWriter writer, uint sequence, int ifIndex, bool generate)
    {
        const byte ModeEui64 = 0, ModeNone = 1; // IN6_ADDR_GEN_MODE_*
        writer.BeginMessage(RouteMessageType.SetLink, NetlinkFlags.None, sequence);
        writer.PutStruct(new Header { IfIndex = ifIndex });
        var spec = writer.BeginNested(FamilySpec);
        var ipv6 = writer.BeginNested(AddressFamilies.IPv6);
        writer.PutU8(AddressGenerationMode, generate ? ModeEui64 : ModeNone);
        writer.EndNested(ipv6);
        writer.EndNested(spec);
        writer.EndMessage();
    }

    private static void WriteAttributes(NetlinkWriter writer, uint sequence, int ifIndex, LinkChange change)
    {
        writer.BeginMessage(RouteMessageType.SetLink, NetlinkFlags.None, sequence);
        writer.PutStruct(new Header
        {
            IfIndex = ifIndex,
            Flags = change.Up is true ? UpFlag : 0,
            Change = change.Up is null ? 0 : UpFlag,
        });
        if (change.Name is not null)
        {
            writer.PutString(IfName, change.Name);
        }

        if (change.Mac is not null)
        {
            writer.PutBytes(Address, change.Mac.GetAddressBytes());
        }

        if (change.Mtu is { } mtu)
        {
            writer.PutU32(Mtu, (uint)mtu);
        }

        if (change.Alias is not null)
        {
            writer.PutString(IfAlias, change.Alias);
        }

        writer.EndMessage();
    }

    private static string? ReadKind(AttributeReader attributes)
    {
        while (attributes.TryRead(out var attribute))
        {
            if (attribute.Type == InfoKind)
            {
                return attribute.Text;
            }
        }

        return null;
    }

    /// <summary>struct ifinfomsg (linux/rtnetlink.h).</summary>
    [StructLayout(LayoutKind.Sequential)]
    private struct Header
    {
        public byte Family;
        public byte Padding;
        public ushort Type;
        public int IfIndex;
        public uint Flags;
        public uint Change;
    }
}
