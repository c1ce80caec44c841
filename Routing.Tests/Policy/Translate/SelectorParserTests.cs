using CsCheck;
using Routing.Policy.Model;
using Routing.Policy.Translate.Calico;

namespace Routing.Tests.Policy.Translate;

public class SelectorParserTests
{
    private static readonly string[] Fragments =
    [
        "a", "b", "in", "not", "has(", "all()", "global()", "(", ")", "{", "}", ",", "==", "!=", "!", "&&", "||", "&", "=", "'x'", "\"y\"",
        "'", "\"", " ", "\t", "\n", "contains", "starts", "with", "ends", "%", "é", "starts with", "not in", "ä", "projectcalico.org/name",
    ];

    [TestCase("", "")]
    [TestCase(" all() ", "")]
    [TestCase("app == 'web'", "app=web")]
    [TestCase("app==\"web\"", "app=web")]
    [TestCase("app != 'web'", "app notin (web)")]
    [TestCase("!app == 'web'", "app notin (web)")]
    [TestCase("app in {'b', \"a\", 'b',}", "app in (a,b)")]
    [TestCase("app in{'a'}", "app=a")]
    [TestCase("app notin {'a'}", "app notin (a)")]
    [TestCase("app not in {}", "")]
    [TestCase("app in {}", "!(all())")]
    [TestCase("has( app )", "app")]
    [TestCase("! !! has(app)", "!app")]
    [TestCase("in == 'in'", "in=in")]
    [TestCase("inside in {'in'}", "inside=in")]
    [TestCase("a contains 'x'", "a contains 'x'")]
    [TestCase("a startswith \"it's\"", "a starts with \"it's\"")]
    [TestCase("a ends with '\"'", "a ends with '\"'")]
    [TestCase("a == 'x' && b == 'y'", "a=x,b=y")]
    [TestCase("b == 'y' && (a == 'x' && all())", "a=x,b=y")]
    [TestCase("b == 'y' || a == 'x'", "(a == 'x' || b == 'y')")]
    [TestCase("a == 'x' && b == 'y' || has(c)", "((a == 'x' && b == 'y') || has(c))")]
    [TestCase("has(c) && (a == 'x' || b contains 'y')", "c,(a == 'x' || b contains 'y')")]
    [TestCase("!(has(a) || has(b))", "!(has(a) || has(b))")]
    [TestCase("has(a) || all()", "")]
    [TestCase("global()", "!projectcalico.org/namespace")]
    public void A_selector_has_one_canonical_form(string text, string canonical)
    {
        Assert.That(SelectorParser.TryParse(text, out var expression, out var error), Is.True, () => $"{error}");
        Assert.That(LabelSelector.Of(expression).ToString(), Is.EqualTo(canonical));
    }

    [TestCase("b == b", 6, "a value in quotes")]
    [TestCase("b contains b", 12, "a value in quotes")]
    [TestCase("'b' == b", 1, "a label")]
    [TestCase("b", 2, "after label 'b' one of ==")]
    [TestCase("a b", 3, "after label 'a' one of ==")]
    [TestCase("a inside", 3, "after label 'a' one of ==")]
    [TestCase("!", 2, "a label")]
    [TestCase("a == 'x' &", 10, "&&, || or the end")]
    [TestCase("a == 'x' &&", 12, "a label")]
    [TestCase("a in 'x'", 6, "a set")]
    [TestCase("a in {'x', ||", 12, "}")]
    [TestCase("a == 'x", 6, "ends with '")]
    [TestCase("(a == 'x'", 10, ")")]
    [TestCase("()", 2, "a label")]
    [TestCase("has (a)", 5, "after label 'has'")]
    [TestCase("all() all()", 7, "&&, || or the end")]
    [TestCase("a == 'x'\n&& has(b)", 9, "&&, || or the end")]
    [TestCase("%", 1, "a label")]
    public void What_is_no_selector_is_refused_with_its_place(string text, int character, string expected)
    {
        Assert.That(SelectorParser.TryParse(text, out _, out var error), Is.False);
        Assert.That(error!.ToString(), Does.StartWith($"at character {character}: expected").And.Contain(expected));
    }

    [Test]
    public void Nesting_has_an_end() => Assert.That(
        SelectorParser.TryParse($"{new string('(', 100_000)}has(a){new string(')', 100_000)}", out _, out _), Is.False);

    [Test]
    public void Any_text_is_read_or_refused_and_what_is_read_means_the_same_in_canonical_form() =>
        Pick(Fragments).Array[0, 14].Sample(
            words =>
            {
                if (!SelectorParser.TryParse(string.Concat(words), out var expression, out _))
                {
                    return;
                }

                AssertSame(expression);
            },
            iter: 4000);

    [Test]
    public void Canonical_form_means_the_same_and_reads_back_as_itself() =>
        Expressions(3).Sample(expression => AssertSame(expression), iter: 500);

    private static void AssertSame(LabelExpression expression)
    {
        Assert.That(SelectorParser.TryParse($"{expression}", out var again, out var error), Is.True, () => $"{expression}: {error}");
        Assert.That(LabelSelector.Of(again), Is.EqualTo(LabelSelector.Of(expression)));
        var simple = LabelExpressions.Simplify(expression);
        Assert.That(LabelExpressions.Simplify(simple).ToString(), Is.EqualTo(simple.ToString()));
        var selector = LabelSelector.Of(expression);
        foreach (var labels in from a in new[] { null, "x", "y", "xy" } from b in new[] { null, "x", "y" } select Labels(a, b))
        {
            Assert.That(selector.Matches(labels), Is.EqualTo(expression.Matches(labels)), () => $"{expression} of {labels}");
        }
    }

    private static Gen<T> Pick<T>(params T[] items) => Gen.Int[0, items.Length - 1].Select(i => items[i]);

    private static LabelSet Labels(string? a, string? b)
    {
        var labels = a is null ? LabelSet.Empty : LabelSet.Empty.With("a", a);
        return b is null ? labels : labels.With("b", b);
    }

    private static Gen<LabelExpression> Expressions(int depth)
    {
        var key = Pick("a", "b");
        var value = Pick("x", "y", "xy", "");
        var leaves = Gen.OneOf(
            Pick<LabelExpression>(new LabelExpression.All(), new LabelExpression.Global()),
            Gen.Select(key, Pick(Enum.GetValues<SelectorOperator>()), value.Array[0, 3], (name, how, values) =>
                (LabelExpression)new LabelExpression.Label(new Requirement(
                    name, how, how is SelectorOperator.In or SelectorOperator.NotIn ? [.. values] : []))),
            Gen.Select(key, Pick(Enum.GetValues<PartOperator>()), value, (name, how, text) =>
                (LabelExpression)new LabelExpression.Part(name, how, text)));
        if (depth == 0)
        {
            return leaves;
        }

        var inner = Expressions(depth - 1);
        return Gen.OneOf(
            leaves,
            inner.Select(one => (LabelExpression)new LabelExpression.Not(one)),
            inner.Array[2, 3].Select(all => (LabelExpression)new LabelExpression.And([.. all])),
            inner.Array[2, 3].Select(all => (LabelExpression)new LabelExpression.Or([.. all])));
    }
}
