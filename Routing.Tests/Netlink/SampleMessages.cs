using System.Net;
using System.Net.NetworkInformation;
using Microsoft.Win32.SafeHandles;
using Routing.Agent.Netlink;
using Routing.Agent.Netlink.Netfilter;
using Routing.Agent.Netlink.Nftables;
using Routing.Agent.Netlink.Route;
using Routing.Policy.Model;
using Routing.Policy.Rules;

namespace Routing.Tests.Netlink;

/// <summary>One request of each kind that we write, by name.</summary>
internal static class SampleMessages
{
    public static IEnumerable<(string Name, byte[] Octets)> All()
    {
        yield return ("veth", Route(new RouteChange.AddVeth(
            new VethSpec("rt0", "eth0", new SafeFileHandle(5, ownsHandle: false))
            {
                Mac = PhysicalAddress.Parse("02-00-00-00-00-01"), Mtu = 1400, Up = true,
            })));
        yield return ("link", Route(
            new RouteChange.SetLink(7, new LinkChange { Up = true, GenerateLinkLocal = false })));
        yield return ("address", Route(new RouteChange.AddAddress(new(7, IPAddress.Parse("fd00:1::5"), 128))));
        yield return ("route", Route(new RouteChange.PutRoute(new RouteEntry(
            IPNetwork.Parse("10.1.0.0/26"), [new RouteNextHop(IPAddress.Parse("172.30.1.1"), 7)]))));
        yield return ("multipath", Route(new RouteChange.PutRoute(new RouteEntry(
            IPNetwork.Parse("fd00:1::/64"),
            [
                new RouteNextHop(IPAddress.Parse("fd00:30::1"), 7),
                new RouteNextHop(IPAddress.Parse("fd00:30::3"), 8, 3),
            ]))));
        yield return ("via", Route(new RouteChange.PutRoute(new RouteEntry(
            IPNetwork.Parse("10.1.0.0/26"), [new RouteNextHop(IPAddress.Parse("fe80::1"), 7, OnLink: true)]))));
        yield return ("neighbour", Route(new RouteChange.PutNeighbour(
            new(7, IPAddress.Parse("169.254.1.1"), PhysicalAddress.Parse("02-00-00-00-00-01")))));
        yield return ("rule", Route(new RouteChange.AddRule(
            new(false, 1000, 5000, Source: IPNetwork.Parse("10.1.0.0/26"), Mark: 0x72))));
        yield return ("nft", Nft());
        yield return ("nft-counted-set", NftCountedSet());
        yield return ("conntrack-list", Conntrack(writer =>
            ConntrackCodec.WriteList(writer, IpFamily.V4, Address.Parse("10.1.0.5"), isReply: true)));
        yield return ("conntrack-delete", Conntrack(writer => ConntrackCodec.WriteDelete(writer, 1, new ConntrackEntry(
            new(Address.Parse("fd00:1::5"), Address.Parse("fd00:2::6"), 6, 40000, 80), default, 0x01020304, 0, false))));
        yield return ("conntrack-delete-icmp", Conntrack(writer => ConntrackCodec.WriteDelete(writer, 1, new ConntrackEntry(
            new(Address.Parse("10.1.0.5"), Address.Parse("10.1.0.6"), 1, 7, 0, 8), default, 9, 0, false))));
        yield return ("nflog", PacketLogBind());
    }

    private static byte[] Route(RouteChange change)
    {
        var writer = new NetlinkWriter();
        var sequence = 0u;
        RouteChangeWriter.Write(writer, () => ++sequence, change);
        return writer.Written.ToArray();
    }

    private static byte[] Conntrack(Action<NetlinkWriter> write)
    {
        var writer = new NetlinkWriter();
        write(writer);
        return writer.Written.ToArray();
    }

    private static byte[] PacketLogBind()
    {
        var writer = new NetlinkWriter();
        PacketLogCodec.WriteBind(writer, sequence: 1, group: 114, snapLength: 128);
        return writer.Written.ToArray();
    }

    private static byte[] NftCountedSet()
    {
        var batch = new NftBatch("routing", generation: null, firstSequence: 1, new NetlinkWriter());
        batch.AddSet(new NftSet("peers", NftSetFlags.None, 7, 4, [], NftByteOrder.BigEndian, "", NftSet.Counter, Capacity: 768));
        batch.Close();
        return batch.Writer.Written.ToArray();
    }

    private static byte[] Nft()
    {
        var batch = new NftBatch("routing", generation: 9, firstSequence: 1, new NetlinkWriter());
        batch.AddChain(new NftChain("forward", new NftBaseChain(NftHook.Forward, 0), "why"));
        batch.AddSet(new NftSet(
            "flows", NftSetFlags.Interval | NftSetFlags.Concatenation, 0x71cd, 12, [4, 1, 2], NftByteOrder.Invalid,
            ""));
        var list = batch.AddElements("flows");
        list.Add([10, 1, 0, 0, 6, 0, 0, 0, 0, 80, 0, 0], [10, 1, 0, 63, 6, 0, 0, 0, 0, 90, 0, 0]);
        list.End();
        batch.AppendRule(new NftRule(
            "forward",
            [
                new NftExpression.Meta(NftMetaKey.InputInterfaceName),
                new NftExpression.Compare(NftCompareOperator.Equal, [(byte)'r', (byte)'t']),
                new NftExpression.Payload(NftPayloadBase.Network, 12, 4, Register: 1),
                new NftExpression.Bitwise([1, 2, 3, 4], [0, 0, 0, 0]),
                new NftExpression.Lookup("flows"),
                new NftExpression.VerdictLookup("egress"),
                new NftExpression.Counter(),
                new NftExpression.Limit(50, UnitSeconds: 1, Burst: 100),
                new NftExpression.Log(114, "deny c", SnapLength: 128),
                new NftExpression.Immediate(new NftVerdict(NftVerdictCode.Goto, "profile")),
            ],
            "because"));
        batch.Close();
        return batch.Writer.Written.ToArray();
    }
}
