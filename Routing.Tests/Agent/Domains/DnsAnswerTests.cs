using System.Text;
using Routing.Agent.Domains;
using Routing.Policy.Model;
using static Routing.Tests.Agent.Domains.DnsMessages;

namespace Routing.Tests.Agent.Domains;

public class DnsAnswerTests
{
    [Test]
    public void Addresses_of_the_name_that_was_asked_for_with_their_TTLs()
    {
        var answer = Read(Answer(
            Query("WWW.Example.com"), Record(Pointer(12), Address.Parse("192.0.2.1"), 300), Record(Pointer(12), Address.Parse("2001:db8::1"), 60)));
        Assert.That(answer, Is.EqualTo("www.example.com: 192.0.2.1 300, 2001:db8::1 60"));
    }

    [Test]
    public void CNAMEs_are_followed_in_whichever_order_they_stand_and_the_least_TTL_counts() => Assert.That(
        Read(Answer(
            Query("www.example.com"),
            Alias("b.example.net", "c.example.org", 20),
            Record(Name("c.example.org"), Address.Parse("192.0.2.1"), 300),
            Alias("www.example.com", "b.example.net", 100),
            Record(Name("b.example.net"), Address.Parse("192.0.2.2"), 300))),
        Is.EqualTo("www.example.com: 192.0.2.1 20, 192.0.2.2 100"));

    [Test]
    public void A_record_that_the_name_does_not_lead_to_is_not_believed() => Assert.That(
        Read(Answer(
            Query("www.evil.test"),
            Record(Name("www.example.com"), Address.Parse("192.0.2.1"), 300),
            Record(Name("evil.test"), Address.Parse("192.0.2.2"), 300))),
        Is.EqualTo("www.evil.test: "));

    [Test]
    public void CNAMEs_in_a_circle_end()
    {
        var answer = Answer(
            Query("a.example.com"), Alias("a.example.com", "b.example.com", 1), Alias("b.example.com", "a.example.com", 1),
            Record(Name("b.example.com"), Address.Parse("192.0.2.1"), 300));
        Assert.That(Read(answer), Is.EqualTo("a.example.com: 192.0.2.1 1"));
    }

    [Test]
    public void A_dot_inside_of_a_label_is_no_border_of_labels()
    {
        byte[] one = [15, .. Encoding.ASCII.GetBytes("www.example.com"), 0];
        var query = Query("x");
        byte[] message = [.. query[..12], .. one, .. query[^4..]];
        Assert.That(DnsAnswer.TryReadName(Answer(message), out var name), Is.True);
        Assert.That(name, Is.EqualTo("www\\046example\\046com"));
    }

    [TestCase(2, 0x01, TestName = "A question")]
    [TestCase(2, 0x91, TestName = "Another operation")]
    [TestCase(3, 0x83, TestName = "No such name")]
    [TestCase(5, 2, TestName = "Two questions")]
    [TestCase(5, 0, TestName = "No question")]
    [TestCase(30, 3, TestName = "Another class")]
    public void What_is_no_answer_is_none(int at, int octet)
    {
        var message = Answer("www.example.com", 60, "192.0.2.1");
        Assert.That(DnsAnswer.TryRead(message, out _), Is.True);
        message[at == 30 ? message.Length - 16 - 1 : at] = (byte)octet;
        Assert.That(DnsAnswer.TryReadName(message, out _), Is.False);
    }

    [Test]
    public void Cut_at_each_octet_nothing_is_believed_and_nothing_is_thrown()
    {
        var message = Answer(
            Query("www.example.com"), Alias("www.example.com", "a.example.net", 20), Record(Name("a.example.net"), Address.Parse("192.0.2.1"), 300));
        for (var length = 0; length < message.Length; length++)
        {
            Assert.That(DnsAnswer.TryRead(message.AsSpan(0, length), out _), Is.False, $"{length}");
        }
    }

    [TestCase(12, TestName = "A pointer to itself")]
    [TestCase(40, TestName = "A pointer ahead")]
    public void Pointers_lead_back_only(int to)
    {
        var query = Query("x");
        byte[] message = [.. query[..12], .. Pointer(to), .. query[^4..]];
        Assert.That(DnsAnswer.TryReadName(Answer(message), out _), Is.False);
    }

    [Test]
    public void A_TTL_with_its_highest_bit_set_is_zero() => Assert.That(
        Read(Answer("www.example.com", 0x80000001, "192.0.2.1")), Is.EqualTo("www.example.com: 192.0.2.1 0"));

    private static string Read(byte[] message)
    {
        Assert.That(DnsAnswer.TryRead(message, out var answer), Is.True);
        return $"{answer.Name}: " + string.Join(", ", answer.Addresses.Select(one => $"{one.Address} {one.Ttl.TotalSeconds}"));
    }
}
