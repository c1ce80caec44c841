using Routing.Agent.Native;
using Routing.Agent.Netlink;
using Routing.Agent.Netlink.Netfilter;
using Routing.Agent.Netlink.Nftables;
using Routing.Policy.Model;
using Routing.Policy.Rules;

namespace Routing.Tests.Netns;

/// <summary>What a netlink socket does after an exchange that broke off: the loop that owns it tries again with the same one.</summary>
[Category("Netns")]
public sealed class NetlinkFaultTests
{
    private TestNamespace _node = null!;

    [SetUp]
    public void Make_a_namespace() => _node = TestNamespace.Create("node");

    [TearDown]
    public void Remove_it() => _node?.Dispose();

    [Test]
    public void After_an_overrun_the_next_request_is_answered()
    {
        using var socket = _node.Inner.Run(() => new NetlinkSocket(NetlinkProtocol.Netfilter));
        socket.SetReceiveBuffer(1); // the kernel's least
        var (writer, errors) = (new NetlinkWriter(), new List<NetlinkError>());
        for (ushort port = 1; port <= 500; port++)
        {
            var (one, other) = (Address.Parse("192.0.2.1"), Address.Parse("192.0.2.2"));
            ConntrackCodec.WriteDelete(writer, socket.NextSequence(), new ConntrackEntry(
                new ConntrackTuple(one, other, 6, port, 80), new ConntrackTuple(other, one, 6, 80, port), Id: 1, Zone: 0, IsExpected: false));
        }

        socket.EnsureSendBuffer(writer.Length);
        Assert.That(
            () => socket.Execute(writer, errors),
            Throws.TypeOf<NetlinkException>().With.Property(nameof(NetlinkException.Errno)).EqualTo(Errno.NoBuffers));

        for (var again = 0; again < 2; again++)
        {
            writer.Clear();
            ConntrackCodec.WriteList(writer, IpFamily.V4);
            Assert.That(
                socket.Dump("list connections", writer, (in NetlinkMessage message, out ConntrackEntry entry) => ConntrackCodec.TryDecode(in message, out entry)),
                Is.Empty);
        }
    }

    [Test]
    public void After_a_list_that_broke_off_the_next_one_is_whole()
    {
        using var netlink = NftNetlink.Open(_node.Inner, "large");
        _node.Nft("add table inet large; add set inet large s { type ipv4_addr; }");
        for (var block = 0; block < 8; block++)
        {
            _node.Nft($"add element inet large s {{ {string.Join(", ", Enumerable.Range(0, 4000).Select(i => $"10.{block}.{i / 250}.{i % 250}"))} }}");
        }

        Assert.That(
            () => netlink.ReadElements("s", () => { }, (in _) => throw new FormatException("nobody can read this")),
            Throws.TypeOf<FormatException>());
        var elements = 0;
        netlink.ReadElements("s", () => elements = 0, (in _) => elements++);
        Assert.That(elements, Is.EqualTo(32_000));
        Assert.That(netlink.ListSets(), Has.Count.EqualTo(1));
    }
}
