using System.Buffers.Binary;
using System.Diagnostics.CodeAnalysis;
using System.Security.Cryptography;
using System.Text;
using Routing.Bgp.Bfd;
using Routing.Bgp.Bfd.Authentication;
using Routing.Bgp.Wire;

namespace Routing.Tests.Bgp.Bfd;

/// <summary>Signed packets (RFC 5880 §6.7), in time that the tests move.</summary>
[TestFixture]
[SuppressMessage("Security", "CA5350:Do Not Use Weak Cryptographic Algorithms", Justification = "RFC 5880 §6.7.4 has SHA1.")]
[SuppressMessage("Security", "CA5351:Do Not Use Broken Cryptographic Algorithms", Justification = "RFC 5880 §6.7.3 has MD5.")]
public sealed class BfdAuthenticationTests
{
    private const string Secret = "winter-fields";

    private static readonly BfdTiming Fast = new(50_000, 50_000, 3);

    [Test]
    public void Both_sides_with_the_same_key_come_up_and_stay([Values] BfdAuthenticationType type)
    {
        var pair = Pair(Keys(type, (1, Secret)), Keys(type, (1, Secret)));
        pair.RunUntilUp();
        pair.Run(TimeSpan.FromMinutes(1));
        Assert.That((pair.Left.Failures, pair.Right.Failures), Is.EqualTo((0, 0)));
        Assert.That(pair.Sessions[0].Status.PacketsDiscarded, Is.Zero);
        Assert.That(pair.Sent.Select(sent => sent.Packet), Has.All.Matches<BfdPacket>(packet => packet.Has(BfdFlags.AuthenticationPresent)));
        Assert.That(pair.Sessions[0].Status.Authentication, Is.EqualTo(type));
        pair.Engine(1).Disable(pair.Sessions[1], pair.Now);
        pair.Run(TimeSpan.FromMilliseconds(10));
        Assert.That(pair.Left.RemoteState, Is.EqualTo(BfdState.AdminDown), "also the last words are signed");
    }

    [TestCase(BfdAuthenticationType.SimplePassword, "01 10 07", "")]
    [TestCase(BfdAuthenticationType.KeyedMd5, "02 18 07 00", "MD5")]
    [TestCase(BfdAuthenticationType.MeticulousKeyedSha1, "05 1C 07 00", "SHA1")]
    public void A_section_is_laid_out_as_its_type_says(BfdAuthenticationType type, string head, string digest) // §4.2 to §4.4
    {
        var packet = new byte[BfdPacket.Size + BfdAuthenticator.MostOctets];
        var writer = new WireWriter(packet);
        new BfdPacket { State = BfdState.Down, DetectMultiplier = 3, MyDiscriminator = 9 }.Encode(ref writer);
        var length = new BfdAuthenticator(Keys(type, (7, Secret)), 0x01020303).Sign(packet);
        Assert.That((int)packet[3], Is.EqualTo(length), "Length counts the section");
        Assert.That(packet[1] & 4, Is.EqualTo(4), "A");
        var expected = Convert.FromHexString(head.Replace(" ", ""));
        Assert.That(packet[BfdPacket.Size..(BfdPacket.Size + expected.Length)], Is.EqualTo(expected));
        if (digest.Length == 0)
        {
            Assert.That(packet[(BfdPacket.Size + 3)..length], Is.EqualTo(Encoding.UTF8.GetBytes(Secret)));
            return;
        }

        Assert.That(packet[28..32], Is.EqualTo(new byte[] { 1, 2, 3, 4 }), "one higher than before");
        var withKey = packet[..length];
        withKey.AsSpan(32).Clear();
        Encoding.UTF8.GetBytes(Secret).CopyTo(withKey.AsSpan(32));
        Assert.That(packet[32..length], Is.EqualTo(digest == "MD5" ? MD5.HashData(withKey) : SHA1.HashData(withKey)));
    }

    [TestCase(BfdAuthenticationType.KeyedSha1, "other", 1, TestName = "Another key")]
    [TestCase(BfdAuthenticationType.KeyedSha1, Secret, 2, TestName = "A key of another number")]
    [TestCase(BfdAuthenticationType.KeyedMd5, Secret, 1, TestName = "Another type")]
    [TestCase(BfdAuthenticationType.SimplePassword, Secret, 1, TestName = "A password in a digest's place")]
    [TestCase(null, "", 0, TestName = "No authentication")]
    public void Sides_that_do_not_agree_do_not_hear_each_other(BfdAuthenticationType? type, string secret, int id) // §6.8.6
    {
        var pair = Pair(Keys(BfdAuthenticationType.KeyedSha1, (1, Secret)), type is { } other ? Keys(other, (id, secret)) : null);
        pair.Run(TimeSpan.FromSeconds(10));
        Assert.That((pair.Left.State, pair.Right.State), Is.EqualTo((BfdState.Down, BfdState.Down)));
        var status = pair.Sessions[0].Status;
        Assert.That(status.PacketsUnauthenticated, Is.EqualTo(status.PacketsDiscarded).And.GreaterThan(5));
        Assert.That(pair.Sessions[1].Status.PacketsUnauthenticated, Is.GreaterThan(5));
    }

    [TestCase(BfdAuthenticationType.SimplePassword, "winter")]
    [TestCase(BfdAuthenticationType.SimplePassword, "winter-fields-1")]
    public void A_password_is_compared_whole(BfdAuthenticationType type, string other)
    {
        var pair = Pair(Keys(type, (1, Secret)), Keys(type, (1, other)));
        pair.Run(TimeSpan.FromSeconds(5));
        Assert.That((pair.Left.State, pair.Right.State), Is.EqualTo((BfdState.Down, BfdState.Down)));
    }

    [Test]
    public void A_packet_that_was_heard_cannot_be_played_again([Values] bool isMeticulous) // §6.7.3
    {
        var type = isMeticulous ? BfdAuthenticationType.MeticulousKeyedMd5 : BfdAuthenticationType.KeyedMd5;
        var pair = Pair(Keys(type, (1, Secret)), Keys(type, (1, Secret)));
        pair.RunUntilUp();
        pair.Run(TimeSpan.FromMilliseconds(1010)); // between two packets: none is on its way
        var last = LastOf(pair, 1);
        Assert.That(
            pair.Engine(0).Receive(pair.OriginOf(1), last, pair.Now),
            Is.EqualTo(isMeticulous ? BfdDiscard.Authentication : BfdDiscard.None), "the very same number");

        // Down and up again: the first packet of all has an old number in either type.
        var first = pair.SentOctets[pair.Sent.FindIndex(sent => sent.By == 1)];
        Assert.That(pair.Engine(0).Receive(pair.OriginOf(1), first, pair.Now), Is.EqualTo(BfdDiscard.Authentication));
    }

    [Test]
    public void A_number_may_be_ahead_by_three_detection_multipliers_and_no_more()
    {
        var pair = Pair(Keys(BfdAuthenticationType.MeticulousKeyedSha1, (1, Secret)), Keys(BfdAuthenticationType.MeticulousKeyedSha1, (1, Secret)));
        pair.RunUntilUp();
        pair.Run(TimeSpan.FromMilliseconds(1010)); // between two packets: none is on its way
        var last = LastOf(pair, 1);
        var number = BinaryPrimitives.ReadUInt32BigEndian(last.AsSpan(28));
        Assert.That(pair.Engine(0).Receive(pair.OriginOf(1), Resigned(last, number + 10), pair.Now), Is.EqualTo(BfdDiscard.Authentication));
        Assert.That(pair.Engine(0).Receive(pair.OriginOf(1), Resigned(last, number + 9), pair.Now), Is.EqualTo(BfdDiscard.None));
    }

    [Test]
    public void Numbers_go_round()
    {
        var sender = new BfdAuthenticator(Keys(BfdAuthenticationType.MeticulousKeyedSha1, (1, Secret)), uint.MaxValue - 2);
        var receiver = new BfdAuthenticator(Keys(BfdAuthenticationType.MeticulousKeyedSha1, (1, Secret)), 0);
        for (var i = 0; i < 6; i++)
        {
            var packet = new BfdPacket { Flags = BfdFlags.AuthenticationPresent, DetectMultiplier = 3 };
            Assert.That(receiver.Verify(Signed(sender), packet, 150_000, i), $"{i}");
        }
    }

    [Test]
    public void Who_begins_anew_is_heard_after_two_detection_times() // §6.8.1, bfd.AuthSeqKnown
    {
        var options = Keys(BfdAuthenticationType.MeticulousKeyedSha1, (1, Secret));
        var (before, after) = (new BfdAuthenticator(options, 5000), new BfdAuthenticator(options, 100));
        var receiver = new BfdAuthenticator(options, 0);
        var packet = new BfdPacket { Flags = BfdFlags.AuthenticationPresent, DetectMultiplier = 3 };
        Assert.That(receiver.Verify(Signed(before), packet, 150_000, 1_000_000));
        Assert.That(receiver.Verify(Signed(after), packet, 150_000, 1_299_999), Is.False);
        Assert.That(receiver.Verify(Signed(after), packet, 150_000, 1_300_000));
    }

    [Test]
    public void A_forged_packet_moves_nothing()
    {
        var pair = Pair(Keys(BfdAuthenticationType.MeticulousKeyedSha1, (1, Secret)), Keys(BfdAuthenticationType.MeticulousKeyedSha1, (1, Secret)));
        pair.RunUntilUp();
        var forged = LastOf(pair, 1);
        BinaryPrimitives.WriteUInt32BigEndian(forged.AsSpan(28), BinaryPrimitives.ReadUInt32BigEndian(forged.AsSpan(28)) + 9);
        Assert.That(pair.Engine(0).Receive(pair.OriginOf(1), forged, pair.Now), Is.EqualTo(BfdDiscard.Authentication));
        pair.Run(TimeSpan.FromSeconds(10));
        Assert.That((pair.Left.State, pair.Left.Failures), Is.EqualTo((BfdState.Up, 0)));
    }

    [Test]
    public void Keys_are_replaced_under_a_session_that_stands()
    {
        const BfdAuthenticationType Type = BfdAuthenticationType.MeticulousKeyedSha1;
        var pair = Pair(Keys(Type, (1, "old")), Keys(Type, (1, "old")));
        pair.RunUntilUp();
        foreach (var keys in new[] { Keys(Type, (1, "old"), (2, "new")), Keys(Type, (2, "new"), (1, "old")), Keys(Type, (2, "new")) })
        {
            foreach (var side in new[] { 0, 1 })
            {
                pair.Engine(side).Change(pair.Sessions[side], Fast, pair.Now, keys);
                pair.Run(TimeSpan.FromSeconds(1));
            }
        }

        Assert.That((pair.Left.State, pair.Left.Failures, pair.Right.Failures), Is.EqualTo((BfdState.Up, 0, 0)));
        Assert.That((int)LastOf(pair, 0)[26], Is.EqualTo(2), "the new key signs");
    }

    [Test]
    public void Signing_and_judging_allocate_nothing([Values] BfdAuthenticationType type)
    {
        var options = Keys(type, (1, Secret));
        var (sender, receiver) = (new BfdAuthenticator(options, 1), new BfdAuthenticator(options, 1));
        var octets = new byte[BfdPacket.Size + BfdAuthenticator.MostOctets];
        Turn();
        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var i = 0; i < 100; i++)
        {
            Turn();
        }

        Assert.That(GC.GetAllocatedBytesForCurrentThread() - before, Is.Zero);

        void Turn()
        {
            var writer = new WireWriter(octets);
            var packet = new BfdPacket { State = BfdState.Up, DetectMultiplier = 3, MyDiscriminator = 9 };
            packet.Encode(ref writer);
            var length = sender.Sign(octets);
            if (!receiver.Verify(octets.AsSpan(0, length), packet with { Flags = BfdFlags.AuthenticationPresent }, 150_000, 1))
            {
                Assert.Fail("not taken");
            }
        }
    }

    [Test]
    public void Secrets_show_themselves_nowhere()
    {
        var options = new BfdOptions { Authentication = Keys(BfdAuthenticationType.KeyedSha1, (1, Secret)) };
        Assert.That($"{options} {options.Authentication} {options.Authentication!.Keys[0]}", Does.Not.Contain(Secret));
        var pair = Pair(options.Authentication, options.Authentication);
        Assert.That($"{pair.Sessions[0].Status}", Does.Not.Contain(Secret));
    }

    [TestCase(BfdAuthenticationType.KeyedMd5, 16)]
    [TestCase(BfdAuthenticationType.KeyedSha1, 20)]
    public void A_key_has_so_many_octets_at_most(BfdAuthenticationType type, int most)
    {
        Assert.That(BfdKey.Create(1, new string('k', most), type), Is.Not.Null);
        Assert.That(BfdKey.Create(1, new string('k', most + 1), type), Is.Null);
        Assert.That(BfdKey.Create(1, "", type), Is.Null);
    }

    private static BfdPair Pair(BfdAuthenticationOptions? left, BfdAuthenticationOptions? right) =>
        new(Fast, Fast, leftSigns: left, rightSigns: right);

    private static BfdAuthenticationOptions Keys(BfdAuthenticationType type, params (int Id, string Text)[] keys) =>
        new(type, [.. keys.Select(key => BfdKey.Create((byte)key.Id, key.Text, type)!)]);

    private static byte[] LastOf(BfdPair pair, int side) =>
        [.. pair.SentOctets[pair.Sent.FindLastIndex(sent => sent.By == side)]];

    private static byte[] Signed(BfdAuthenticator by)
    {
        var octets = new byte[BfdPacket.Size + BfdAuthenticator.MostOctets];
        var writer = new WireWriter(octets);
        new BfdPacket { State = BfdState.Up, DetectMultiplier = 3, MyDiscriminator = 9 }.Encode(ref writer);
        return octets[..by.Sign(octets)];
    }

    /// <summary>The packet with another sequence number, as its sender would have signed it.</summary>
    private static byte[] Resigned(byte[] packet, uint number)
    {
        byte[] changed = [.. packet];
        BinaryPrimitives.WriteUInt32BigEndian(changed.AsSpan(28), number);
        changed.AsSpan(32).Clear();
        Encoding.UTF8.GetBytes(Secret).CopyTo(changed.AsSpan(32));
        SHA1.HashData(changed).CopyTo(changed, 32);
        return changed;
    }
}
