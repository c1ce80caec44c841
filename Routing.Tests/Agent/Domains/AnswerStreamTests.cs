using CsCheck;
using Routing.Agent.Domains;

namespace Routing.Tests.Agent.Domains;

/// <summary>One connection's segments, put together.</summary>
public sealed class AnswerStreamTests
{
    private const uint First = uint.MaxValue - 700; // numbers come round early on

    private readonly List<byte[]> _messages = [];
    private AnswerStream _stream = null!;

    [SetUp]
    public void Begin()
    {
        _messages.Clear();
        _stream = new AnswerStream(First);
    }

    /// <summary>However the octets are cut, repeated, put in another order and begun anew in the middle of what was there before:
    /// whoever gets all of them reads the same messages, in their order, each once.</summary>
    [Test]
    public void Any_way_of_sending_gives_the_same_messages() => Gen.Select(
        Gen.Byte.Array[0, 900].Array[0, 8],
        Gen.Select(Gen.Double.Unit, Gen.Double.Unit, Gen.Int[0, 40]).Array[0, 40], // extra segments: where, how long, how late
        Gen.Int[1, 400], Gen.Int[0, 4], Gen.Int[0, int.MaxValue]).Sample(
        (messages, repeats, size, disorder, seed) =>
        {
            byte[] octets = [.. messages.SelectMany(Framed)];
            var random = new Random(seed);
            var segments = new List<(double Place, int From, int To)>();
            for (var at = 0; at < octets.Length;)
            {
                var to = Math.Min(octets.Length, at + 1 + random.Next(size));
                segments.Add((segments.Count + (disorder * random.NextDouble()), at, to));
                at = to;
            }

            foreach (var (where, length, late) in repeats)
            {
                var from = (int)(where * octets.Length);
                var to = from + (int)(length * (octets.Length - from));
                segments.Add(((where * segments.Count) + late, from, to));
            }

            var stream = new AnswerStream(First);
            var read = new List<byte[]>();
            foreach (var (_, from, to) in segments.OrderBy(segment => segment.Place))
            {
                if (!stream.TryTake(First + (uint)from, octets.AsSpan(from..to), read))
                {
                    Assert.Fail("it is given up");
                }
            }

            Assert.That(read, Is.EqualTo(messages.Where(message => message.Length > 0)));
            Assert.That(stream.Octets, Is.Zero, "and nothing is kept");
            Assert.That(stream.Next, Is.EqualTo(First + (uint)octets.Length));
        }, iter: 2000);

    /// <summary>What comes is anything; what is kept is bounded, and a message is what stands there first.</summary>
    [Test]
    public void Whatever_comes_is_bounded() => Gen.Select(
        Gen.Int[-70_000, 200_000], Gen.Byte.Array[0, 300], Gen.Bool).Array[0, 200].Sample(segments =>
    {
        var stream = new AnswerStream(First);
        var read = new List<byte[]>();
        foreach (var (offset, data, isNext) in segments)
        {
            if (!stream.TryTake(isNext ? stream.Next : First + (uint)offset, data, read))
            {
                return;
            }

            Assert.That(stream.Octets, Is.LessThanOrEqualTo(AnswerStream.Window));
        }
    });

    [Test]
    public void Several_messages_in_one_segment_and_one_over_several()
    {
        byte[] octets = [.. Framed([1, 2]), .. Framed([]), .. Framed([3]), .. Framed([4, 5, 6])];
        Assert.That(Take(0, octets[..^2]), Is.True);
        Assert.That(_messages, Is.EqualTo(new byte[][] { [1, 2], [3] }));
        Assert.That(Take(octets.Length - 2, octets[^2..^1]), Is.True);
        Assert.That(_messages, Has.Count.EqualTo(2));
        Assert.That(Take(octets.Length - 1, octets[^1..]), Is.True);
        Assert.That(_messages[^1], Is.EqualTo(new byte[] { 4, 5, 6 }));
    }

    [Test]
    public void Other_data_at_a_place_that_waits_ends_it()
    {
        Assert.That(Take(4, [7, 8, 9]), Is.True, "behind what is missing");
        Assert.That(Take(5, [8]), Is.True, "the same again");
        Assert.That(Take(3, [0, 7, 8, 9, 10]), Is.True, "and with more around it");
        Assert.That(Take(6, [1]), Is.False);
        Assert.That(_messages, Is.Empty);
    }

    [Test]
    public void Other_data_at_a_place_that_was_read_is_not_looked_at()
    {
        Take(0, Framed([1, 2, 3]));
        Assert.That(Take(0, Framed([9, 9, 9])), Is.True);
        Assert.That(Take(4, [9, 0, 1, 5]), Is.True, "but what follows it is");
        Assert.That(_messages, Is.EqualTo(new byte[][] { [1, 2, 3], [5] }));
    }

    [Test]
    public void A_length_that_lies_waits_for_what_does_not_come_and_no_longer_than_there_is_room()
    {
        Take(0, [0xff, 0xff]);
        var at = 2;
        for (; at + 1000 < 0xffff; at += 1000)
        {
            Assert.That(Take(at, new byte[1000]), Is.True);
        }

        Assert.That(_messages, Is.Empty);
        Assert.That(Take(AnswerStream.Window, [1]), Is.False, "farther ahead than any message ends");
    }

    [Test]
    public void A_segment_for_each_second_octet_is_given_up()
    {
        var taken = Enumerable.Range(1, 100).TakeWhile(i => Take(2 * i, [1])).Count();
        Assert.That(taken, Is.EqualTo(32));
    }

    private static byte[] Framed(byte[] message) => [(byte)(message.Length >> 8), (byte)message.Length, .. message];

    private bool Take(int offset, byte[] data) => _stream.TryTake(First + (uint)offset, data, _messages);
}
