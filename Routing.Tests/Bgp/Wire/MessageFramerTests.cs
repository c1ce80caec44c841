using CsCheck;
using Routing.Bgp.Wire;
using Routing.Bgp.Wire.Iana;

namespace Routing.Tests.Bgp.Wire;

[TestFixture]
public sealed class MessageFramerTests
{
    [Test]
    public void A_stream_split_at_each_octet_gives_the_same_messages()
    {
        var stream = GoldenMessages.All.SelectMany(octets => octets).ToArray();
        for (var cut = 0; cut <= stream.Length; cut++)
        {
            using var framer = new MessageFramer();
            var messages = new List<byte[]>();
            Feed(framer, stream.AsSpan(0, cut), messages);
            Feed(framer, stream.AsSpan(cut), messages);
            Assert.That(messages, Is.EqualTo(GoldenMessages.All), $"cut at {cut}");
        }
    }

    [Test]
    public void A_stream_of_single_octets_gives_the_same_messages()
    {
        using var framer = new MessageFramer();
        var messages = new List<byte[]>();
        foreach (var octet in GoldenMessages.All.SelectMany(octets => octets))
        {
            Feed(framer, [octet], messages);
        }

        Assert.That(messages, Is.EqualTo(GoldenMessages.All));
    }

    [Test]
    public void Messages_are_found_across_the_end_of_the_buffer()
    {
        using var framer = new MessageFramer();
        var update = Hex.Message(2, "0000 0000" + string.Concat(Enumerable.Repeat("20 0A000001", 800)));
        var messages = new List<byte[]>();
        for (var i = 0; i < 100; i++)
        {
            Feed(framer, update, messages);
        }

        Assert.That(messages, Has.Count.EqualTo(100).And.All.EqualTo(update));
    }

    [Test]
    public void Extended_messages_are_cut_wherever_the_stream_is([Values(1, 997, 40_000)] int piece)
    {
        using var framer = new MessageFramer { TakesExtended = true };
        byte[] Update(int octets) => Hex.Message(2, "0000 0000" + string.Concat(Enumerable.Repeat("20 0A000001", octets / 5)));
        byte[][] expected = [Update(60_000), Update(65_500), Update(10), Update(65_500), Update(4000)];
        var stream = expected.SelectMany(octets => octets).ToArray();
        var messages = new List<byte[]>();
        for (var at = 0; at < stream.Length;)
        {
            var count = Math.Min(Math.Min(piece, stream.Length - at), framer.GetMemory().Length);
            Feed(framer, stream.AsSpan(at, count), messages);
            at += count;
        }

        Assert.That(messages, Is.EqualTo(expected), "RFC 8654 §4");
    }

    [TestCase(1, TestName = "RFC 8654 §4: an OPEN stays within 4096 octets")]
    [TestCase(4, TestName = "RFC 8654 §4: and so does a KEEPALIVE")]
    public void Not_all_messages_may_be_extended(byte type)
    {
        using var framer = new MessageFramer { TakesExtended = true };
        byte[] header = [.. Enumerable.Repeat((byte)0xFF, 16), 0x10, 0x01, type];
        header.CopyTo(framer.GetMemory());
        framer.Advance(header.Length);
        Assert.That(framer.Read(out _, out _, out var error), Is.EqualTo(FrameStatus.Error));
        Assert.That(error!.Notification.Subcode, Is.EqualTo((byte)HeaderErrorSubcode.BadMessageLength));
    }

    [TestCase("FFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFE 0013 04", 1, "")]
    [TestCase("FFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFF 0012 04", 2, "0012")]
    [TestCase("FFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFF 1001 02", 2, "1001")]
    [TestCase("FFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFF 0014 04", 2, "0014")]
    [TestCase("FFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFF 001C 01", 2, "001C")]
    [TestCase("FFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFF 0016 02", 2, "0016")]
    [TestCase("FFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFF 0014 03", 2, "0014")]
    [TestCase("FFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFF 0016 05", 2, "0016")]
    [TestCase("FFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFF 0013 00", 3, "00")]
    [TestCase("FFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFF 0013 06", 3, "06")]
    public void A_bad_header_is_refused_with_the_field_at_fault(string header, int subcode, string data)
    {
        using var framer = new MessageFramer();
        var octets = Hex.Parse(header);
        octets.CopyTo(framer.GetMemory().Span);
        framer.Advance(octets.Length);
        Assert.That(framer.Read(out _, out _, out var error), Is.EqualTo(FrameStatus.Error));
        Assert.That(error!.Notification.Code, Is.EqualTo(NotificationCode.MessageHeaderError));
        Assert.That(error.Notification.Subcode, Is.EqualTo(subcode));
        Assert.That(Convert.ToHexString(error.Notification.Data.Span), Is.EqualTo(data));
    }

    [Test]
    public void Any_octets_are_framed_or_refused() => Gen.Byte.Array[0, 300].Sample(octets =>
    {
        using var framer = new MessageFramer();
        octets.CopyTo(framer.GetMemory().Span);
        framer.Advance(octets.Length);
        while (framer.Read(out _, out _, out _) == FrameStatus.Message)
        {
        }
    });

    private static void Feed(MessageFramer framer, ReadOnlySpan<byte> octets, List<byte[]> messages)
    {
        octets.CopyTo(framer.GetMemory().Span);
        framer.Advance(octets.Length);
        while (framer.Read(out var type, out var body, out _) == FrameStatus.Message)
        {
            messages.Add(Hex.Message((byte)type, Convert.ToHexString(body)));
        }
    }
}
