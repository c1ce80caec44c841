using System.Net;
using Routing.Bgp.Session.Tcp;

namespace Routing.Tests.Bgp.Session.Tcp;

/// <summary>What the kernel is handed, octet by octet (linux/tcp.h): zeros are left out of the expectation.</summary>
[TestFixture]
public sealed class KeyOptionTests
{
    private static readonly TcpSecret Secret = TcpSecret.Create("abc")!;

    [TestCase("192.0.2.1/32", "0:0200 4:C0000201 128:01 129:20 130:0300 136:616263", TestName = "RFC 2385: a neighbour")]
    [TestCase("10.1.0.0/16", "0:0200 4:0A01 128:01 129:10 130:0300 136:616263", TestName = "RFC 2385: a range")]
    [TestCase("2001:db8::1/128", "0:0A00 8:20010DB8 23:01 128:01 129:80 130:0300 136:616263", TestName = "RFC 2385: IPv6")]
    public void Md5(string network, string expected) =>
        Assert.That(TcpMd5Option.Encode(IPNetwork.Parse(network), Secret), Is.EqualTo(Octets(216, expected)));

    [Test]
    public void Md5_without_a_key_removes_it() => Assert.That(
        TcpMd5Option.Encode(IPNetwork.Parse("192.0.2.1/32"), null),
        Is.EqualTo(Octets(216, "0:0200 4:C0000201 128:01 129:20")));

    [TestCase(TcpAoAlgorithm.HmacSha1, true,
        "0:0200 4:C0000201 128:686D6163287368613129 196:03 202:20 203:0705 205:0C 207:03 208:616263")]
    [TestCase(TcpAoAlgorithm.AesCmac, false,
        "0:0200 4:C0000201 128:636D61632861657331323829 202:20 203:0705 205:0C 207:03 208:616263")]
    public void Ao_key_is_added(TcpAoAlgorithm algorithm, bool preferred, string expected) => Assert.That(
        TcpAoOption.EncodeAdd(IPNetwork.Parse("192.0.2.1/32"), new TcpAoKey(7, 5, algorithm, Secret), preferred),
        Is.EqualTo(Octets(288, expected)));

    [TestCase(false, "0:0200 4:C0000201 138:20 139:0705", TestName = "From a listener")]
    [TestCase(true, "0:0200 4:C0000201 132:03 138:20 139:07050908", TestName = "RFC 5925 §7.3: another takes over first")]
    public void Ao_key_is_removed(bool hasSuccessor, string expected)
    {
        var key = new TcpAoKey(7, 5, TcpAoAlgorithm.HmacSha1, Secret);
        var successor = hasSuccessor ? new TcpAoKey(9, 8, TcpAoAlgorithm.HmacSha1, Secret) : null;
        Assert.That(
            TcpAoOption.EncodeDelete(IPNetwork.Parse("192.0.2.1/32"), key, successor), Is.EqualTo(Octets(144, expected)));
    }

    [Test]
    public void Ao_key_that_is_there_becomes_the_preferred_one() => Assert.That(
        TcpAoOption.EncodePrefer(new TcpAoKey(7, 5, TcpAoAlgorithm.HmacSha1, Secret)), Is.EqualTo(Octets(48, "0:03 6:0705")));

    [TestCase(3, 4, "next", true, TestName = "RFC 5925 §7.3: a key beside the one in use, under the session")]
    [TestCase(1, 2, "next", false, TestName = "RFC 5925 §3.1: KeyIDs that mean another key take a new session")]
    [TestCase(1, 4, "next", false, TestName = "RFC 5925 §3.1: and one of the two")]
    public void Keys_change_under_a_session_unless_a_name_changes_its_meaning(byte send, byte receive, string text, bool can)
    {
        var old = new TcpAoKey(1, 2, TcpAoAlgorithm.HmacSha1, TcpSecret.Create("old")!);
        var next = new TcpAoKey(send, receive, TcpAoAlgorithm.HmacSha1, TcpSecret.Create(text)!);
        var before = new PeerKeys(null, new TcpAoKeyChain([old]));
        Assert.That(before.CanBecome(new PeerKeys(null, new TcpAoKeyChain([next]))), Is.EqualTo(can));
        Assert.That(before.CanBecome(before), Is.True);
    }

    [Test]
    public void A_secret_never_shows_itself()
    {
        Assert.That(Secret.ToString(), Is.EqualTo("(secret)"));
        Assert.That(new PeerKeys(Secret, TcpAoKeyChain.None).ToString(), Does.Not.Contain("abc"));
        Assert.That(Secret, Is.EqualTo(TcpSecret.Create("abc")));
        Assert.That(Secret, Is.Not.EqualTo(TcpSecret.Create("abd")));
        Assert.That(TcpSecret.Create(""), Is.Null);
        Assert.That(TcpSecret.Create(new string('x', 81)), Is.Null);
    }

    /// <summary>"PLACE:HEX PLACE:HEX"; all else is zero.</summary>
    private static byte[] Octets(int length, string runs)
    {
        var octets = new byte[length];
        foreach (var run in runs.Split(' ').Select(run => run.Split(':')))
        {
            Convert.FromHexString(run[1]).CopyTo(octets, int.Parse(run[0], System.Globalization.CultureInfo.InvariantCulture));
        }

        return octets;
    }
}
