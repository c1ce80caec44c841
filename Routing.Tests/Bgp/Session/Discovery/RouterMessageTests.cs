using Routing.Bgp.Session.Discovery;
using Routing.Tests.Bgp.Wire;

namespace Routing.Tests.Bgp.Session.Discovery;

/// <summary>Router solicitations and advertisements, octet by octet (RFC 4861 §4.1, §4.2).</summary>
[TestFixture]
public sealed class RouterMessageTests
{
    [Test]
    public void Are_written()
    {
        Assert.That(RouterMessage.EncodeSolicitation(), Is.EqualTo(Hex.Parse("85 00 0000 00000000")));
        Assert.That(RouterMessage.EncodeAdvertisement(1800), Is.EqualTo(Hex.Parse("86 00 0000 00 00 0708 00000000 00000000")));
    }

    [TestCase("85 00 1234 00000000", 133, TestName = "A solicitation")]
    [TestCase("85 00 1234 00000000 01 01 020000000001", 133, TestName = "with the sender's link-layer address")]
    [TestCase("86 00 1234 40 00 0708 00000000 00000000 01 01 020000000001 05 01 0000 000005DC", 134, TestName = "An advertisement with options")]
    [TestCase("85 00 1234 000000", null, TestName = "RFC 4861 §6.1.1: 8 octets or more")]
    [TestCase("85 01 1234 00000000", null, TestName = "RFC 4861 §6.1.1: code 0")]
    [TestCase("86 00 1234 40 00 0708 00000000 000000", null, TestName = "RFC 4861 §6.1.2: 16 octets or more")]
    [TestCase("85 00 1234 00000000 01 00 020000000001", null, TestName = "RFC 4861 §6.1.1: no option of length zero")]
    [TestCase("85 00 1234 00000000 01 02 020000000001", null, TestName = "An option past the end")]
    [TestCase("87 00 1234 00000000", null, TestName = "A neighbour solicitation")]
    [TestCase("", null, TestName = "Nothing")]
    public void Are_judged(string hex, int? expected) => Assert.That(
        RouterMessage.TryRead(Hex.Parse(hex), out var type) ? type : (int?)null, Is.EqualTo(expected));
}
