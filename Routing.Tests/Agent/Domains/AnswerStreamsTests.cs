using Routing.Agent.Domains;
using Routing.Agent.Netlink.Netfilter;
using Routing.Policy.Model;
using static Routing.Tests.Agent.Domains.TcpPackets;

namespace Routing.Tests.Agent.Domains;

/// <summary>Which connections are followed.</summary>
public sealed class AnswerStreamsTests
{
    private const uint First = 1000;
    private static readonly Address Server = Address.Parse("10.3.0.2"), Pod = Address.Parse("10.1.0.2"), Other = Address.Parse("10.2.0.2");

    private AnswerStreams _streams = null!;
    private TimeSpan _now;

    [SetUp]
    public void Nothing_is_followed() => (_streams, _now) = (new AnswerStreams(), TimeSpan.Zero);

    [TestCase("10.3.0.2", "10.1.0.2")]
    [TestCase("fd00::2", "fd01::2")]
    public void A_connection_is_followed_from_its_beginning_to_its_end(string server, string pod)
    {
        var (from, to) = (Address.Parse(server), Address.Parse(pod));
        var data = Framed([1, 2, 3], [4]);
        Assert.That(Take(Segment(from, to, 4000, First - 1, Syn | Ack, [])), Is.Empty);
        Assert.That(Take(Segment(from, to, 4000, First - 1, Syn | Ack, [])), Is.Empty, "sent again");
        Assert.That(Take(Segment(from, to, 4000, First + 4, Ack, data[4..])), Is.Empty);
        Assert.That(_streams.Octets, Is.Positive);
        Assert.That(Take([.. Segment(from, to, 4000, First, Ack, data[..4]), 0, 0, 0]), Is.EqualTo("1 2 3, 4"), "what a link added is no data");
        Assert.That((_streams.Count, _streams.Octets, _streams.Unread), Is.EqualTo((1, 0L, 0L)));
        Take(Segment(from, to, 4000, First + (uint)data.Length + 1, Ack | Fin, []));
        Assert.That(_streams.Count, Is.EqualTo(1), "something is missing before its end");
        Take(Segment(from, to, 4000, First + (uint)data.Length, Ack | Fin, []));
        Assert.That(_streams.Count, Is.Zero);
    }

    [Test]
    public void What_was_not_seen_from_its_beginning_is_not_read()
    {
        Assert.That(Take(Segment(Server, Pod, 4000, First, Ack, Framed([1]))), Is.Empty);
        Assert.That(Take(Segment(Server, Pod, 4000, First - 1, Syn, [])), Is.Empty, "a call is no answer to one");
        Assert.That(Take(Segment(Server, Pod, 4000, First, Ack, Framed([1]))), Is.Empty);
        Assert.That((_streams.Count, _streams.Unread), Is.EqualTo((0, 2L)));

        Begin(Pod, 4000);
        _streams.Clear();
        Assert.That(Take(Segment(Server, Pod, 4000, First, Ack, Framed([1]))), Is.Empty);
        Assert.That(_streams.Unread, Is.EqualTo(3));
    }

    [Test]
    public void A_connection_that_contradicts_itself_is_not_read_any_more()
    {
        Begin(Pod, 4000);
        Take(Segment(Server, Pod, 4000, First + 2, Ack, [1, 2, 3]));
        Take(Segment(Server, Pod, 4000, First + 2, Ack, [9]));
        Assert.That(Take(Segment(Server, Pod, 4000, First, Ack, Framed([1, 2, 3]))), Is.Empty);
        Assert.That((_streams.Count, _streams.Unread), Is.EqualTo((0, 2L)));
    }

    [Test]
    public void Another_connection_at_the_same_ports_begins_anew()
    {
        Begin(Pod, 4000);
        Take(Segment(Server, Pod, 4000, First, Ack, [0, 9, 1]));
        Take(Segment(Server, Pod, 4000, 77, Syn | Ack, []));
        Assert.That(Take(Segment(Server, Pod, 4000, 78, Ack, Framed([5]))), Is.EqualTo("5"));
    }

    [Test]
    public void What_a_client_opens_without_end_is_to_its_own_loss()
    {
        Begin(Other, 4000);
        for (ushort port = 1; port <= 200; port++)
        {
            _now += TimeSpan.FromMilliseconds(1);
            Begin(Pod, port);
        }

        Assert.That(_streams.Count, Is.EqualTo(AnswerStreams.MostConnections + 1));
        Assert.That(Take(Segment(Server, Other, 4000, First, Ack, Framed([1]))), Is.EqualTo("1"));
        Assert.That(Take(Segment(Server, Pod, 136, First, Ack, Framed([1]))), Is.Empty, "silent for longest");
        Assert.That(Take(Segment(Server, Pod, 137, First, Ack, Framed([1]))), Is.EqualTo("1"));
    }

    [Test]
    public void Messages_without_an_end_are_to_the_clients_own_loss()
    {
        Begin(Other, 4000);
        Take(Segment(Server, Other, 4000, First, Ack, [0xff, 0xff]));
        for (ushort port = 1; port <= 20; port++)
        {
            _now += TimeSpan.FromMilliseconds(1);
            Begin(Pod, port);
            Take(Segment(Server, Pod, port, First, Ack, [0xff, 0xff, .. new byte[40_000]]));
        }

        Assert.That(_streams.Octets, Is.LessThanOrEqualTo(AnswerStreams.MostOctets + 512).And.GreaterThan(AnswerStreams.MostOctets / 2));
        Assert.That(Take(Segment(Server, Other, 4000, First + 2, Ack, new byte[0xffff - 1000])), Is.Empty);
        Assert.That(Take(Segment(Server, Other, 4000, First + 2 + 0xffff - 1000, Ack, new byte[1000])), Is.Not.Empty);
    }

    [Test]
    public void What_is_silent_is_forgotten()
    {
        Begin(Pod, 1);
        _now += AnswerStreams.Silence / 2;
        Begin(Pod, 2);
        _now += AnswerStreams.Silence / 2;
        _streams.Expire(_now);
        Assert.That(_streams.Count, Is.EqualTo(1));
        _streams.Expire(_now + AnswerStreams.Silence);
        Assert.That(_streams.Count, Is.Zero);
    }

    [Test]
    public void Cut_at_each_octet_a_packet_is_none_or_has_less_data()
    {
        var packet = Segment(Server, Pod, 4000, First, Ack, [1, 2, 3]);
        for (var length = 0; length < packet.Length; length++)
        {
            var isSegment = PacketHeader.TryReadTcp(packet.AsSpan(0, length), out var segment);
            Assert.That((isSegment, segment.Data.Length), Is.EqualTo((length >= packet.Length - 3, Math.Max(0, length - packet.Length + 3))));
        }
    }

    private void Begin(Address pod, ushort port) => Take(Segment(Server, pod, port, First - 1, Syn | Ack, []));

    private string Take(byte[] packet)
    {
        Assert.That(PacketHeader.TryReadTcp(packet, out var segment), Is.True);
        return string.Join(", ", _streams.Take(segment, _now).Select(message => string.Join(' ', message)));
    }
}
