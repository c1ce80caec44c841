using Routing.Policy.Model;

namespace Routing.Tests.Policy;

public class AddressTests
{
    [TestCase("10.0.0.1", "10.0.0.1")]
    [TestCase("010.0.0.1", "10.0.0.1", TestName = "A leading zero is not octal")]
    [TestCase("2001:DB8::1", "2001:db8::1")]
    [TestCase("::ffff:10.0.0.1", "10.0.0.1", TestName = "A mapped address is the IPv4 address")]
    [TestCase("10.0.0", null)]
    [TestCase("10.0.0.256", null)]
    [TestCase("10.0.0.1.2", null)]
    [TestCase("0x0a.0.0.1", null)]
    [TestCase(" 10.0.0.1", null)]
    [TestCase("fe80::1%eth0", null)]
    [TestCase("[::1]", null)]
    [TestCase("", null)]
    public void An_address_is_read_as_Kubernetes_reads_it(string text, string? expected)
    {
        Assert.That(Address.TryParse(text, out var address), Is.EqualTo(expected is not null));
        if (expected is not null)
        {
            Assert.That(address.ToString(), Is.EqualTo(expected));
        }
    }

    [TestCase("10.0.0.0/8", "10.1.0.0/16 10.3.0.0/16", "10.0.0.0-10.0.255.255 10.2.0.0-10.2.255.255 10.4.0.0-10.255.255.255")]
    [TestCase("10.0.0.0/8", "10.0.0.0/9", "10.128.0.0-10.255.255.255")]
    [TestCase("10.0.0.0/8", "10.128.0.0/9", "10.0.0.0-10.127.255.255")]
    [TestCase("10.0.0.0/8", "10.1.0.0/16 10.1.2.0/24 10.1.0.0/16", "10.0.0.0-10.0.255.255 10.2.0.0-10.255.255.255", TestName = "Holes in holes")]
    [TestCase("10.0.0.0/31", "10.0.0.0/32 10.0.0.1/32", "", TestName = "Nothing is left")]
    [TestCase("0.0.0.0/0", "255.255.255.255/32", "0.0.0.0-255.255.255.254")]
    [TestCase("::/0", "8000::/1", "::-7fff:ffff:ffff:ffff:ffff:ffff:ffff:ffff")]
    [TestCase("::/0", "::/1", "8000::-ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff", TestName = "Up to the last address there is")]
    public void A_block_without_its_exceptions(string block, string holes, string expected)
    {
        var ranges = Cidr.Parse(block).Range.Except(
            holes.Split(' ').Select(hole => Cidr.Parse(hole).Range));
        Assert.That(
            string.Join(' ', ranges.Select(range => $"{new Address(range.Family, range.Low)}-{new Address(range.Family, range.High)}")),
            Is.EqualTo(expected));
    }
}
