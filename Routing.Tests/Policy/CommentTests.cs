using Routing.Policy.Compile;
using Routing.Policy.Model;

namespace Routing.Tests.Policy;

public class CommentTests
{
    [TestCase(0, "ingress by")]
    [TestCase(1, "ingress by shop/policy-0")]
    [TestCase(2, "ingress by shop/policy-0, shop/policy-1")]
    public void Policies_are_named(int count, string expected) =>
        Assert.That(Comment.Of("ingress by", Policies(count)), Is.EqualTo(expected));

    [Test]
    public void What_does_not_fit_is_counted()
    {
        for (var count = 1; count < 2000; count += 7)
        {
            var comment = Comment.Of("ingress by", Policies(count));
            Assert.That(comment, Has.Length.AtMost(Comment.MaxOctets));
            var more = comment.Split(" and ").ElementAtOrDefault(1);
            Assert.That(comment.Split(" and ")[0].Split(',').Length + (more is null ? 0 : int.Parse(more.Split(' ')[0])), Is.EqualTo(count));
        }
    }

    [Test]
    public void A_name_that_fills_it_alone_is_only_counted() => Assert.That(
        Comment.Of("ingress by", [PolicyKey.NetworkPolicy("shop", new string('a', 253))]), Is.EqualTo("ingress by and 1 more"));

    private static List<PolicyKey> Policies(int count) =>
        [.. Enumerable.Range(0, count).Select(i => PolicyKey.NetworkPolicy("shop", $"policy-{i}"))];
}
