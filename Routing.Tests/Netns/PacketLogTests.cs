using System.Net;
using System.Net.Sockets;
using Routing.Agent.Netlink;
using Routing.Agent.Netlink.Netfilter;

namespace Routing.Tests.Netns;

[Category("Netns")]
internal sealed class PacketLogTests
{
    private TestNamespace _node = null!;

    [SetUp]
    public void Make_a_namespace()
    {
        _node = TestNamespace.Create("node");
        _node.Nft("""
            table inet test {
                chain c {
                    type filter hook output priority 0;
                    udp dport 9 log prefix "deny test" group 114 snaplen 64 drop
                }
            }
            """);
    }

    [TearDown]
    public void Remove_it() => _node?.Dispose();

    [Test]
    public async Task Packets_of_both_families_arrive_with_prefix_and_header()
    {
        using var log = PacketLog.Open(_node.Inner, 114, 128);
        Send(IPAddress.Loopback, 1);
        Send(IPAddress.IPv6Loopback, 1);
        var seen = new List<string>();
        for (var i = 0; i < 2; i++)
        {
            var packet = await ReadAsync(log);
            seen.Add($"{packet.Prefix}: {packet.Header!.Value.Source} {packet.Header.Value.DestinationPort} {packet.Sequence}");
        }

        Assert.That(seen, Is.EqualTo(new[] { "deny test: 127.0.0.1 9 0", "deny test: ::1 9 1" }));
        Assert.That(log.Lost, Is.Zero);
    }

    [Test]
    public void A_group_has_one_listener_and_the_second_is_told()
    {
        using var log = PacketLog.Open(_node.Inner, 114, 128);
        var refused = Assert.Throws<NetlinkException>(() => PacketLog.Open(_node.Inner, 114, 128));
        Assert.That(refused!.Message, Does.Contain("NFLOG group 114"));
    }

    [Test]
    public async Task What_nobody_reads_is_lost_and_counted_and_nothing_waits()
    {
        const int Sent = 20_000; // more than the socket has room for
        using var log = PacketLog.Open(_node.Inner, 114, 128, capacity: 16);
        Send(IPAddress.Loopback, Sent);
        var (seen, last) = (0L, 0u);
        while (seen + log.Lost < Sent)
        {
            while (log.Packets.TryRead(out var packet))
            {
                seen += packet.Header is null ? 0 : 1;
                last = Math.Max(last, packet.Sequence);
            }

            // A gap shows with the next packet that comes through.
            Send(IPAddress.Loopback, 1);
            await log.Packets.WaitToReadAsync().AsTask().WaitAsync(TimeSpan.FromSeconds(20));
        }

        Assert.That(log.Lost, Is.Positive);
        Assert.That(seen, Is.LessThan(Sent));
    }

    private static async Task<LoggedPacket> ReadAsync(PacketLog log) =>
        await log.Packets.ReadAsync().AsTask().WaitAsync(TimeSpan.FromSeconds(20));

    private void Send(IPAddress to, int count) => _node.Inner.Run(() =>
    {
        using var socket = new Socket(to.AddressFamily, SocketType.Dgram, ProtocolType.Udp);
        for (var i = 0; i < count; i++)
        {
            try
            {
                socket.SendTo("x"u8, new IPEndPoint(to, 9));
            }
            catch (SocketException)
            {
                // what the rule drops on its way out is an error to who sends it
            }
        }
    });
}
