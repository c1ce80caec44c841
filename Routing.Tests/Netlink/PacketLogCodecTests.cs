using Routing.Agent.Netlink;
using Routing.Agent.Netlink.Netfilter;
using Routing.Policy.Model;
using Routing.Tests.Bgp.Wire;

namespace Routing.Tests.Netlink;

/// <summary>Packets as NFLOG hands them over, and as they came from the wire.</summary>
internal sealed class PacketLogCodecTests
{
    private const string IPv4 = "4500 0030 1234 4000 40 06 0000 0A010007 0A020009 ";

    /// <summary>As the kernel sent it for `log prefix "deny ingress-0123456789ab" group 114 snaplen 128`.</summary>
    private static readonly byte[] Message = Hex.Parse(
        "74000000 0004 0000 00000000 00000000 02 00 0072"
        + "0800 0100 0800 03 00" // NFULA_PACKET_HDR: IPv4, forward
        + "1E00 0A00 64656E7920696E67726573732D30313233343536373839616200 0000" // NFULA_PREFIX
        + "0800 0400 00000005" // NFULA_IFINDEX_INDEV
        + "0800 0500 00000007" // NFULA_IFINDEX_OUTDEV
        + "0800 0C00 0000002A" // NFULA_SEQ
        + "2000 0900 4500001C12344000401100000A0100070A0200091F90003500080000"); // NFULA_PAYLOAD

    [TestCase(IPv4 + "1F90 0050 00000000", "10.1.0.7>10.2.0.9 Tcp 8080>80")]
    [TestCase(IPv4 + "1F", "10.1.0.7>10.2.0.9 Tcp 0>0", TestName = "Cut before the ports")]
    [TestCase("4500 0030 1234 2001 40 06 0000 0A010007 0A020009 1F90 0050", "10.1.0.7>10.2.0.9 Tcp 0>0", TestName = "A later fragment has no ports")]
    [TestCase("4600 0030 1234 4000 40 11 0000 0A010007 0A020009 01010101 1F90 0035", "10.1.0.7>10.2.0.9 Udp 8080>53", TestName = "Options before the ports")]
    [TestCase("4500 0030 1234 4000 40 01 0000 0A010007 0A020009 08 00", "10.1.0.7>10.2.0.9 Icmp type 8 code 0")]
    [TestCase("4500 0030 1234 4000 40 2F 0000 0A010007 0A020009 0000", "10.1.0.7>10.2.0.9 47 0>0", TestName = "A protocol without ports")]
    [TestCase("6000 0000 0020 84 40 FD000010000000000000000000000007 FD000020000000000000000000000009 1F90 0EA4", "fd00:10::7>fd00:20::9 Sctp 8080>3748")]
    [TestCase("6000 0000 0020 3A 40 FD000010000000000000000000000007 FD000020000000000000000000000009 80 00", "fd00:10::7>fd00:20::9 IcmpV6 type 128 code 0")]
    [TestCase("6000 0000 0020 00 40 FD000010000000000000000000000007 FD000020000000000000000000000009 2C00000000000000 1100000000000001 1F90 0035", "fd00:10::7>fd00:20::9 Udp 8080>53", TestName = "Behind extension headers")]
    [TestCase("6000 0000 0020 2C 40 FD000010000000000000000000000007 FD000020000000000000000000000009 1100001000000001 1F90 0035", "fd00:10::7>fd00:20::9 Udp 0>0", TestName = "A later fragment of IPv6 has no ports")]
    [TestCase("6000 0000 0020 00 40 FD000010000000000000000000000007 FD000020000000000000000000000009 11FF000000000000 1F90 0035", "fd00:10::7>fd00:20::9 Udp 0>0", TestName = "An extension header longer than the packet")]
    public void A_packets_header_is_read_as_far_as_it_is_there(string hex, string expected)
    {
        Assert.That(PacketHeader.TryRead(Hex.Parse(hex), out var header), Is.True);
        Assert.That(Text(header), Is.EqualTo(expected));
    }

    [TestCase("")]
    [TestCase("4500 0030 1234 4000 40 06 0000 0A010007 0A0200")]
    [TestCase("4400 0030 1234 4000 40 06 0000 0A010007 0A020009 1F90 0050")]
    [TestCase("6000 0000 0020 84 40 FD00")]
    [TestCase("FFFF FFFF FFFF FFFF FFFF FFFF FFFF FFFF FFFF FFFF FFFF")]
    public void What_has_no_addresses_is_no_packet(string hex) =>
        Assert.That(PacketHeader.TryRead(Hex.Parse(hex), out _), Is.False);

    [Test]
    public void A_message_gives_prefix_interfaces_number_and_header()
    {
        var reader = new NetlinkReader(Message);
        Assert.That(reader.TryRead(out var message), Is.True);
        Assert.That(PacketLogCodec.TryDecode(in message, out var packet), Is.True);
        Assert.That(
            (packet.Prefix, packet.InputInterface, packet.OutputInterface, packet.Sequence, Text(packet.Header!.Value)),
            Is.EqualTo(("deny ingress-0123456789ab", 5, 7, 42u, "10.1.0.7>10.2.0.9 Udp 8080>53")));
    }

    [Test]
    public void A_message_cut_at_each_octet_never_throws()
    {
        for (var length = 0; length < Message.Length; length++)
        {
            var cut = Message[..length];
            if (length >= 4)
            {
                cut[0] = (byte)length; // the length in the header says so too
            }

            var reader = new NetlinkReader(cut);
            while (reader.TryRead(out var message))
            {
                PacketLogCodec.TryDecode(in message, out _);
            }
        }
    }

    private static string Text(PacketHeader header) => header.Protocol is TransportProtocol.Icmp or TransportProtocol.IcmpV6
        ? $"{header.Source}>{header.Destination} {header.Protocol} type {header.IcmpType} code {header.IcmpCode}"
        : $"{header.Source}>{header.Destination} {header.Protocol} {header.SourcePort}>{header.DestinationPort}";
}
