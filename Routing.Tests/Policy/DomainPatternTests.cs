using Routing.Policy.Model;

namespace Routing.Tests.Policy;

public class DomainPatternTests
{
    // The examples of DomainName in policy.networking.k8s.io.
    [TestCase("kubernetes.io", "kubernetes.io", true)]
    [TestCase("kubernetes.io", "www.kubernetes.io", false)]
    [TestCase("kubernetes.io", "my-kubernetes.io", false)]
    [TestCase("blog.kubernetes.io", "blog.kubernetes.io", true)]
    [TestCase("blog.kubernetes.io", "kubernetes.io", false)]
    [TestCase("*.kubernetes.io", "www.kubernetes.io", true)]
    [TestCase("*.kubernetes.io", "latest.blog.kubernetes.io", true)]
    [TestCase("*.kubernetes.io", "kubernetes.io", false)]
    [TestCase("*.kubernetes.io", "wikipedia.org", false)]
    [TestCase("*.kubernetes.io", "my-kubernetes.io", false)]
    public void A_name_is_matched_whole_and_a_wildcard_stands_for_one_label_or_more(string pattern, string name, bool matches) =>
        Assert.That(DomainPattern.Matching(name), matches ? Does.Contain(DomainPattern.Parse(pattern)) : Does.Not.Contain(DomainPattern.Parse(pattern)));

    [TestCase("WWW.Example.COM.", "www.example.com")]
    [TestCase("*.Example.com", "*.example.com")]
    [TestCase("_sip._tcp.example.com", "_sip._tcp.example.com")]
    public void Case_and_the_dot_of_the_root_make_no_difference(string text, string kept) =>
        Assert.That(DomainPattern.Parse(text).Text, Is.EqualTo(kept));

    [TestCase("")]
    [TestCase("com")]
    [TestCase("*.com")]
    [TestCase("*")]
    [TestCase("www.*.com")]
    [TestCase("w*.example.com")]
    [TestCase("example..com")]
    [TestCase("-a.example.com")]
    [TestCase("example.com\n")]
    [TestCase("a234567890123456789012345678901234567890123456789012345678901234.example.com")]
    public void What_is_no_name_is_refused(string text) => Assert.That(DomainPattern.TryParse(text, out _), Is.False);

    [Test]
    public void A_name_has_at_most_253_characters()
    {
        var label = new string('a', 63);
        Assert.That(DomainPattern.TryParse($"{label}.{label}.{label}.{label[..61]}", out _), Is.True);
        Assert.That(DomainPattern.TryParse($"{label}.{label}.{label}.{label[..62]}", out _), Is.False);
    }
}
