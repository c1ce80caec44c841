using System.Net;
using System.Net.Sockets;
using System.Text.RegularExpressions;
using Routing.Agent.Netlink.Netfilter;

namespace Routing.Tests.Netns;

/// <summary>What a queue says of packets that it had no room for.</summary>
[Category("Netns")]
internal sealed partial class PacketQueueTests
{
    [Test]
    public async Task What_went_on_unread_is_known_by_the_packet_after_it()
    {
        const int Sent = 20_000; // more than the socket has room for
        const ushort Queue = 115;
        using var node = TestNamespace.Create("node");
        node.Run("iptables", "-A", "INPUT", "-p", "udp", "--dport", "9", "-j", "NFQUEUE", "--queue-num", $"{Queue}", "--queue-bypass");
        using var queue = PacketQueue.Open(node.Inner, Queue);
        using var receiver = node.Inner.OpenSocket(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
        receiver.ReceiveBufferSize = 64 << 20;
        receiver.Bind(new IPEndPoint(IPAddress.Loopback, 9));
        using var sender = node.Inner.OpenSocket(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
        for (var i = 0; i < Sent; i++)
        {
            sender.SendTo(new byte[64], new IPEndPoint(IPAddress.Loopback, 9));
        }

        Assert.That(receiver.Available, Is.Positive, "what there is no room for goes on");

        // One more says how many were missed before it; it may itself find no room while the socket is full.
        var (read, missed, isAll) = (0, 0u, false);
        while (!isAll)
        {
            while (queue.Packets.TryRead(out var packet))
            {
                (read, missed) = (read + 1, missed + packet.Missed);
                queue.Release(packet.Id!.Value);
            }

            isAll = read + missed == Held(node);
            if (!isAll)
            {
                sender.SendTo(new byte[64], new IPEndPoint(IPAddress.Loopback, 9));
                Assert.That(await queue.Packets.WaitToReadAsync().AsTask().WaitAsync(TimeSpan.FromSeconds(60)), Is.True);
            }
        }

        Assert.That(missed, Is.Positive);
    }

    /// <summary>What the rule counted: a loopback that is kept waiting loses packets before it.</summary>
    private static long Held(TestNamespace node) => long.Parse(HeldPackets().Match(node.Run("iptables", "-nvxL", "INPUT")).Groups[1].Value);

    [GeneratedRegex(@"^ *(\d+) +\d+ +NFQUEUE", RegexOptions.Multiline)]
    private static partial Regex HeldPackets();
}
