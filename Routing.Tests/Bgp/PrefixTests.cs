using Routing.Bgp.Wire.Nlri;

namespace Routing.Tests.Bgp;

[TestFixture]
public sealed class PrefixTests
{
    [TestCase("10.1.0.0/26")]
    [TestCase("0.0.0.0/0")]
    [TestCase("2001:db8::/32")]
    [TestCase("::/0")]
    [TestCase("fd00::1/128")]
    public void Text_survives_a_round_trip(string text)
    {
        Assert.That(Prefix.TryParse(text, out var prefix), Is.True);
        Assert.That(prefix.ToString(), Is.EqualTo(text));
    }

    [TestCase("10.1.0.1/26", TestName = "Host bits are a typing error")]
    [TestCase("10.1.0.0/33", TestName = "Longer than the family")]
    [TestCase("", TestName = "Nothing")]
    public void Refuses_text_that_is_no_prefix(string text) => Assert.That(Prefix.TryParse(text, out _), Is.False);

    [TestCase("10.0.0.0/8", "10.1.0.0/16", true)]
    [TestCase("10.0.0.0/8", "10.0.0.0/8", true)]
    [TestCase("10.1.0.0/16", "10.0.0.0/8", false)]
    [TestCase("0.0.0.0/0", "::/0", false)]
    public void Contains_itself_and_what_lies_inside(string outer, string inner, bool expected)
    {
        var a = Prefix.FromNetwork(System.Net.IPNetwork.Parse(outer));
        var b = Prefix.FromNetwork(System.Net.IPNetwork.Parse(inner));
        Assert.That(a.Contains(b), Is.EqualTo(expected));
    }
}
