using CsCheck;
using Routing.Bgp.Bfd;
using Routing.Bgp.Wire;
using Routing.Tests.Bgp.Wire;

namespace Routing.Tests.Bgp.Bfd;

/// <summary>The Control packet (RFC 5880 §4.1) and the rules of §6.8.6 that need no session.</summary>
[TestFixture]
public sealed class BfdPacketTests
{
    /// <summary>Up, Poll, 300 ms both ways, three in a row.</summary>
    private const string Golden = """
        20 E0 03 18      # version 1, no diagnostic; Up, P; Detect Mult 3; 24 octets
        0000002A         # My Discriminator 42
        00000007         # Your Discriminator 7
        000493E0         # Desired Min TX 300000
        000493E0         # Required Min RX 300000
        00000000         # no echo
        """;

    private static readonly BfdPacket Packet = new()
    {
        State = BfdState.Up,
        Flags = BfdFlags.Poll,
        DetectMultiplier = 3,
        MyDiscriminator = 42,
        YourDiscriminator = 7,
        DesiredMinTransmit = 300_000,
        RequiredMinReceive = 300_000,
    };

    [Test]
    public void A_packet_decodes_and_encodes_back()
    {
        Assert.That(BfdPacket.TryDecode(Hex.Parse(Golden), out var packet, out var discard), Is.True, $"{discard}");
        Assert.That(packet, Is.EqualTo(Packet));
        Assert.That(Encode(packet), Is.EqualTo(Hex.Parse(Golden)));
    }

    [Test]
    public void Diagnostic_and_state_share_their_octets_with_others()
    {
        var packet = Packet with { State = BfdState.Init, Diagnostic = BfdDiagnostic.ReverseConcatenatedPathDown };
        var octets = Encode(packet);
        Assert.That(octets[..2], Is.EqualTo(new byte[] { 0x28, 0xA0 }));
        Assert.That(BfdPacket.TryDecode(octets, out var back, out _), Is.True);
        Assert.That(back, Is.EqualTo(packet));
    }

    [Test]
    public void A_packet_that_is_cut_anywhere_is_discarded()
    {
        var octets = Hex.Parse(Golden);
        for (var length = 0; length < octets.Length; length++)
        {
            Assert.That(BfdPacket.TryDecode(octets.AsSpan(0, length), out _, out var discard), Is.False);
            Assert.That(discard, Is.EqualTo(BfdDiscard.Length), $"{length} octets");
        }
    }

    [Test]
    public void Octets_after_the_packet_mean_nothing() =>
        Assert.That(BfdPacket.TryDecode([.. Hex.Parse(Golden), 1, 2, 3], out _, out _), Is.True);

    [TestCase(0, 0x00, nameof(BfdDiscard.Version), TestName = "Version 0, RFC 5880 §6.8.6")]
    [TestCase(0, 0x40, nameof(BfdDiscard.Version), TestName = "Version 2")]
    [TestCase(3, 23, nameof(BfdDiscard.Length), TestName = "A Length below 24")]
    [TestCase(3, 25, nameof(BfdDiscard.Length), TestName = "A Length past the payload")]
    [TestCase(1, 0xC4, nameof(BfdDiscard.Length), TestName = "A Length below 26 with authentication")]
    [TestCase(2, 0, nameof(BfdDiscard.DetectMultiplier), TestName = "Detect Mult 0")]
    [TestCase(1, 0xC1, nameof(BfdDiscard.Multipoint), TestName = "The Multipoint bit")]
    [TestCase(7, 0, nameof(BfdDiscard.MyDiscriminator), TestName = "My Discriminator 0")]
    [TestCase(11, 0, nameof(BfdDiscard.YourDiscriminator), TestName = "Your Discriminator 0 in Up")]
    public void Each_rule_discards(int place, int value, string expected)
    {
        var octets = Hex.Parse(Golden);
        octets[place] = (byte)value;
        Assert.That(BfdPacket.TryDecode(octets, out _, out var discard), Is.False);
        Assert.That($"{discard}", Is.EqualTo(expected));
    }

    [TestCase(0x40, true, TestName = "Your Discriminator 0 in Down")]
    [TestCase(0x00, true, TestName = "Your Discriminator 0 in AdminDown")]
    [TestCase(0x80, false, TestName = "Your Discriminator 0 in Init")]
    public void A_side_that_has_not_heard_us_may_only_be_down(int flags, bool allowed)
    {
        var octets = Hex.Parse(Golden);
        octets[11] = 0;
        octets[1] = (byte)flags;
        Assert.That(BfdPacket.TryDecode(octets, out _, out _), Is.EqualTo(allowed));
    }

    [Test]
    public void Authentication_that_we_do_not_have_is_discarded()
    {
        byte[] octets = [.. Hex.Parse(Golden), 1, 9, 1, .. "secret"u8];
        octets[1] |= 4;
        octets[3] = (byte)octets.Length;
        var pair = new BfdPair(new BfdTiming(50_000, 50_000, 3), new BfdTiming(50_000, 50_000, 3));
        octets.AsSpan(8, 4).Clear(); // Your Discriminator: the address finds the session
        octets[1] = 0x44; // Down
        Assert.That(pair.Engine(0).Receive(pair.OriginOf(1), octets, 0), Is.EqualTo(BfdDiscard.Authentication));
    }

    [Test]
    public void Any_octets_decode_or_are_discarded_and_what_decodes_encodes_back() => Gen.Byte.Array[0, 40].Sample(octets =>
    {
        if (octets.Length > 3)
        {
            octets[0] = (byte)(0x20 | (octets[0] & 0x1F)); // most would fail at the first rule otherwise
            octets[3] = BfdPacket.Size;
        }

        if (BfdPacket.TryDecode(octets, out var packet, out _))
        {
            Assert.That(Encode(packet), Is.EqualTo(octets[..BfdPacket.Size]));
        }
    });

    private static byte[] Encode(BfdPacket packet)
    {
        var writer = new WireWriter(new byte[BfdPacket.Size]);
        packet.Encode(ref writer);
        return writer.Written.ToArray();
    }
}
