using Routing.Agent.Netlink.Netfilter;

namespace Routing.Tests.Netlink;

public sealed class NumberedPacketsTests
{
    [TestCase("1 2 3", "0 0 0", TestName = "All of them")]
    [TestCase("3 4 9", "2 0 4", TestName = "Some are missing, also before the first")]
    [TestCase("1 3 2 4", "0 1 0 0", TestName = "One is overtaken")]
    public void Tells_what_is_missing(string numbers, string missing)
    {
        var packets = new NumberedPackets(first: 1);
        Assert.That(string.Join(' ', numbers.Split(' ').Select(number => packets.Take(uint.Parse(number)))), Is.EqualTo(missing));
    }

    [Test]
    public void Numbers_come_round()
    {
        var packets = new NumberedPackets(uint.MaxValue);
        Assert.That((packets.Take(uint.MaxValue), packets.Take(0), packets.Take(3)), Is.EqualTo((0u, 0u, 2u)));
    }
}
