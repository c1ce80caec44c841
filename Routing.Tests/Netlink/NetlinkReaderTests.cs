using CsCheck;
using Routing.Agent.Netlink;
using Routing.Agent.Netlink.Nftables;
using Routing.Agent.Netlink.Route;

namespace Routing.Tests.Netlink;

internal sealed class NetlinkReaderTests
{
    [Test]
    public void Messages_follow_one_another_padded_to_four_octets()
    {
        var reader = new NetlinkReader(Convert.FromHexString(
            "11000000 1000 0000 01000000 00000000 AA 000000".Replace(" ", "", StringComparison.Ordinal)
            + "10000000 1200 0200 02000000 07000000".Replace(" ", "", StringComparison.Ordinal)));

        Assert.That(reader.TryRead(out var first), Is.True);
        Assert.That((first.Type, first.Sequence), Is.EqualTo((16, 1u)));
        Assert.That(first.Payload.ToArray(), Is.EqualTo(new byte[] { 0xaa }));
        Assert.That(reader.TryRead(out var second), Is.True);
        Assert.That((second.Type, second.Flags, second.PortId), Is.EqualTo((18, NetlinkFlags.Multi, 7u)));
        Assert.That(reader.TryRead(out _), Is.False);
    }

    [TestCase("0F000000 1000 0000 01000000 00000000", TestName = "shorter than its own header")]
    [TestCase("14000000 1000 0000 01000000 00000000", TestName = "longer than the datagram")]
    [TestCase("FFFFFFFF 1000 0000 01000000 00000000", TestName = "longer than anything")]
    [TestCase("1000", TestName = "cut inside the header")]
    public void A_length_that_lies_ends_the_reading(string hex)
    {
        var reader = new NetlinkReader(Convert.FromHexString(hex.Replace(" ", "", StringComparison.Ordinal)));
        Assert.That(reader.TryRead(out _), Is.False);
    }

    [TestCase("0300 0100", TestName = "attribute shorter than its header")]
    [TestCase("0900 0100 00000000", TestName = "attribute longer than the message")]
    public void An_attribute_never_reads_its_neighbours_octets(string hex)
    {
        var reader = new AttributeReader(Convert.FromHexString(hex.Replace(" ", "", StringComparison.Ordinal)));
        Assert.That(reader.TryRead(out _), Is.False);
    }

    [Test]
    public void Any_octets_decode_or_are_refused_without_throwing() =>
        Gen.Byte.Array[0, 300].Sample(octets => DecodeEverything(octets), iter: 20_000);

    [Test]
    public void Any_damage_to_a_true_message_is_survived() =>
        Gen.Select(
            Gen.Int[0, TrueMessages.Length - 1], Gen.Select(Gen.Int[0, 2000], Gen.Byte).Array[1, 4],
            Gen.OneOf(Gen.Const(0), Gen.Int[0, 2000])).Sample(
            (which, damages, cut) =>
            {
                var octets = TrueMessages[which].ToArray();
                foreach (var (position, value) in damages)
                {
                    octets[position % octets.Length] = value;
                }

                DecodeEverything(octets.AsSpan(0, octets.Length - (cut % octets.Length)));
            },
            iter: 50_000);

    [Test]
    public void A_true_message_cut_at_any_octet_is_survived()
    {
        foreach (var octets in TrueMessages)
        {
            for (var length = 0; length <= octets.Length; length++)
            {
                DecodeEverything(octets.AsSpan(0, length));
            }
        }
    }

    private static readonly byte[][] TrueMessages = [.. SampleMessages.All().Select(sample => sample.Octets)];

    private static void DecodeEverything(ReadOnlySpan<byte> octets)
    {
        var reader = new NetlinkReader(octets);
        while (reader.TryRead(out var message))
        {
            NetlinkError.Read(in message);
            RouteMonitor.TryDecode(in message, out _);
            RuleCodec.TryDecode(in message, out _);
            NftChainCodec.TryDecode(in message, "routing", out _);
            NftRuleCodec.TryDecode(in message, "routing", out _);
            NftSetCodec.TryDecode(in message, "routing", out _);
            NftSetCodec.ReadHandle(in message);
            NftRuleCodec.TryDecodeCount(in message, "routing", out _);
            NftElementCodec.Read(in message, (in _) => { });
            NftEvent.TryDecode(in message, out _);
        }
    }
}
