using System.Collections.Immutable;
using System.Net;
using System.Runtime.InteropServices;

namespace Routing.Agent.Netlink.Route;

/// <summary>Routes to and from octets: rtmsg and its attributes (linux/rtnetlink.h).</summary>
internal static class RouteCodec
{
    private const ushort Destination = 1, SourceAddress = 2, InInterface = 3, OutInterface = 4, Gateway = 5, Priority = 6; // RTA_*
    private const ushort PreferredSource = 7, Multipath = 9, TableId = 15, Via = 18; // RTA_*
    private const byte AnyScope = 255, LinkScope = 253, HostScope = 254; // RT_SCOPE_NOWHERE, _LINK, _HOST
    private const byte OnLinkFlag = 4; // RTNH_F_ONLINK
    private const uint ClonedFlag = 0x200; // RTM_F_CLONED: an IPv6 cache entry, not a route
    private const uint FibMatchFlag = 0x2000; // RTM_F_FIB_MATCH
    private const uint DefaultIPv6Metric = 1024; // IP6_RT_PRIO_USER

    public static void WriteList(NetlinkWriter writer, bool ipv6, RouteFilter filter)
    {
        writer.BeginMessage(RouteMessageType.GetRoute, NetlinkFlags.None, 0);
        writer.PutStruct(new Header { Family = AddressFamilies.Of(ipv6), Protocol = filter.Protocol ?? 0 });
        if (filter.Table is { } table)
        {
            writer.PutU32(TableId, table);
        }

        writer.EndMessage();
    }

    /// <summary>Asks for the route by which packets to an address leave: the table's own, with all its ways, not the one that this
    /// packet would take.</summary>
    public static void WriteFind(
        NetlinkWriter writer, uint sequence, IPAddress destination, IPAddress? source, int? inputIfIndex)
    {
        writer.BeginMessage(RouteMessageType.GetRoute, NetlinkFlags.None, sequence);
        var family = AddressFamilies.Of(destination);
        var length = (byte)(family == AddressFamilies.IPv6 ? 128 : 32);
        writer.PutStruct(new Header
        {
            Family = family, DestinationLength = length, SourceLength = source is null ? (byte)0 : length, RouteFlags = FibMatchFlag,
        });
        writer.PutAddress(Destination, destination);
        if (source is not null)
        {
            writer.PutAddress(SourceAddress, source);
        }

        if (inputIfIndex is { } input)
        {
            writer.PutU32(InInterface, (uint)input);
        }

        writer.EndMessage();
    }

    public static void WritePut(NetlinkWriter writer, uint sequence, RouteEntry route)
    {
        writer.BeginMessage(RouteMessageType.NewRoute, NetlinkFlags.Create | NetlinkFlags.Replace, sequence);
        WriteKey(writer, route, route.Type, ScopeOf(route));
        if (route.Source is not null)
        {
            writer.PutAddress(PreferredSource, route.Source);
        }

        if (route.NextHops is [var only])
        {
            WriteWay(writer, route, only);
        }
        else if (!route.NextHops.IsEmpty)
        {
            WriteMultipath(writer, route);
        }

        writer.EndMessage();
    }

    /// <summary>A deletion names no next hops, so that all ways of a multipath route go at once.</summary>
    public static void WriteRemove(NetlinkWriter writer, uint sequence, RouteEntry route)
    {
        writer.BeginMessage(RouteMessageType.DeleteRoute, NetlinkFlags.None, sequence);
        WriteKey(writer, route, 0, AnyScope);
        writer.EndMessage();
    }

    public static bool TryDecode(in NetlinkMessage message, out RouteEntry route)
    {
        route = null!;
        if (message.Type is not (RouteMessageType.NewRoute or RouteMessageType.DeleteRoute)
            || !message.TryReadStruct<Header>(out var header, out var attributes)
            || header.Family is not (AddressFamilies.IPv4 or AddressFamilies.IPv6)
            || (header.RouteFlags & ClonedFlag) != 0)
        {
            return false;
        }

        IPAddress? destination = null, source = null, gateway = null;
        int? outInterface = null;
        uint metric = 0, table = header.Table;
        var multipath = ImmutableArray<RouteNextHop>.Empty;
        while (attributes.TryRead(out var attribute))
        {
            switch (attribute.Type)
            {
                case Destination:
                    destination = attribute.Address;
                    break;
                case OutInterface:
                    outInterface = (int)attribute.U32;
                    break;
                case Gateway:
                    gateway = attribute.Address;
                    break;
                case Via:
                    gateway = ReadVia(attribute);
                    break;
                case Priority:
                    metric = attribute.U32;
                    break;
                case PreferredSource:
                    source = attribute.Address;
                    break;
                case TableId:
                    table = attribute.U32;
                    break;
                case Multipath:
                    multipath = ReadMultipath(attribute.Payload);
                    break;
            }
        }

        if (AddressFamilies.Prefix(header.Family, destination, header.DestinationLength) is not { } prefix)
        {
            return false;
        }

        var type = (RouteType)header.Type;
        var goesNowhere = type is RouteType.Blackhole or RouteType.Unreachable or RouteType.Prohibit or RouteType.Throw;
        if (multipath.IsEmpty && !goesNowhere && (gateway is not null || outInterface is not null))
        {
            multipath = [new RouteNextHop(gateway, outInterface, 1, (header.RouteFlags & OnLinkFlag) != 0)];
        }

        route = new RouteEntry(prefix, multipath)
        {
            Type = type, Protocol = header.Protocol, Table = table, Metric = metric, Source = source,
        };
        return true;
    }

    private static void WriteKey(NetlinkWriter writer, RouteEntry route, RouteType type, byte scope)
    {
        var destination = route.Destination;
        var family = AddressFamilies.Of(destination.BaseAddress);
        writer.PutStruct(new Header
        {
            Family = family,
            DestinationLength = (byte)destination.PrefixLength,
            Protocol = route.Protocol,
            Scope = family == AddressFamilies.IPv6 ? (byte)0 : scope,
            Type = (byte)type,
            RouteFlags = route.NextHops is [{ OnLink: true }] ? OnLinkFlag : 0u,
        });
        writer.PutAddress(Destination, destination.BaseAddress);
        writer.PutU32(TableId, route.Table);

        // An IPv6 deletion without a metric takes any; name the one that the kernel chose.
        var metric = route.Metric == 0 && family == AddressFamilies.IPv6 ? DefaultIPv6Metric : route.Metric;
        if (metric != 0)
        {
            writer.PutU32(Priority, metric);
        }
    }

    /// <summary>IPv4 wants to be told how far away a destination is (ip-route(8), "scope").</summary>
    private static byte ScopeOf(RouteEntry route) => route.Type switch
    {
        RouteType.Local => HostScope,
        RouteType.Unicast when route.NextHops.All(hop => hop.Gateway is null) => LinkScope,
        _ => 0,
    };

    private static void WriteWay(NetlinkWriter writer, RouteEntry route, RouteNextHop way)
    {
        WriteGateway(writer, route, way);
        if (way.IfIndex is { } ifIndex)
        {
            writer.PutU32(OutInterface, (uint)ifIndex);
        }
    }

    private static void WriteMultipath(NetlinkWriter writer, RouteEntry route)
    {
        var multipath = writer.BeginAttribute(Multipath);
        foreach (var way in route.NextHops)
        {
            var start = writer.Length;
            writer.PutStruct(new Way
            {
                Flags = way.OnLink ? OnLinkFlag : (byte)0,
                Hops = (byte)(Math.Clamp(way.Weight, 1, 256) - 1),
                IfIndex = way.IfIndex ?? 0,
            });
            WriteGateway(writer, route, way);
            MemoryMarshal.Write(writer.Written[start..], (ushort)(writer.Length - start));
        }

        writer.EndNested(multipath);
    }

    /// <summary>A gateway of the other family (RFC 8950: IPv4 routes over IPv6 next hops) travels as RTA_VIA.</summary>
    private static void WriteGateway(NetlinkWriter writer, RouteEntry route, RouteNextHop way)
    {
        if (way.Gateway is not { } gateway)
        {
            return;
        }

        if (gateway.AddressFamily == route.Destination.BaseAddress.AddressFamily)
        {
            writer.PutAddress(Gateway, gateway);
            return;
        }

        Span<byte> via = stackalloc byte[2 + 16]; // struct rtvia: family, address
        MemoryMarshal.Write(via, (ushort)AddressFamilies.Of(gateway));
        gateway.TryWriteBytes(via[2..], out var length);
        writer.PutBytes(Via, via[..(2 + length)]);
    }

    private static IPAddress? ReadVia(in NetlinkAttribute attribute) =>
        attribute.Payload.Length is 6 or 18 ? new IPAddress(attribute.Payload[2..]) : null;

    private static ImmutableArray<RouteNextHop> ReadMultipath(ReadOnlySpan<byte> rest)
    {
        var ways = ImmutableArray.CreateBuilder<RouteNextHop>();
        while (MemoryMarshal.TryRead(rest, out Way way) && way.Length >= WayLength && way.Length <= rest.Length)
        {
            IPAddress? gateway = null;
            var attributes = new AttributeReader(rest[WayLength..way.Length]);
            while (attributes.TryRead(out var attribute))
            {
                gateway = attribute.Type switch
                {
                    Gateway => attribute.Address,
                    Via => ReadVia(attribute),
                    _ => gateway,
                };
            }

            ways.Add(new RouteNextHop(gateway, way.IfIndex, way.Hops + 1, (way.Flags & OnLinkFlag) != 0));
            rest = rest[Math.Min(rest.Length, (way.Length + 3) & ~3)..];
        }

        return ways.ToImmutable();
    }

    private const int WayLength = 8;

    /// <summary>struct rtmsg (linux/rtnetlink.h).</summary>
    [StructLayout(LayoutKind.Sequential)]
    private struct Header
    {
        public byte Family;
        public byte DestinationLength;
        public byte SourceLength;
        public byte Tos;
        public byte Table;
        public byte Protocol;
        public byte Scope;
        public byte Type;
        public uint RouteFlags;
    }

    /// <summary>struct rtnexthop (linux/rtnetlink.h).</summary>
    [StructLayout(LayoutKind.Sequential)]
    private struct Way
    {
        public ushort Length;
        public byte Flags;
        public byte Hops;
        public int IfIndex;
    }
}
