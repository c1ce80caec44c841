using System.Buffers.Binary;
using CsCheck;
using Routing.Bgp.RoutePolicy.AsPaths;
using Routing.Bgp.RoutePolicy.Reference;
using Routing.Bgp.Wire.Iana;

namespace Routing.Tests.Bgp.RoutePolicy;

/// <summary>Expressions over AS numbers.</summary>
[TestFixture]
internal sealed class AsPathPatternTests
{
    [TestCase("65000", "1 65000 2", true, TestName = "An AS number matches anywhere")]
    [TestCase("65000", "1 165000 2", false, TestName = "An AS number is a whole one")]
    [TestCase("_65000_", "65000", true, TestName = "_ stands at the ends, too")]
    [TestCase("^65000_", "65000 2", true, TestName = "^ is the begin")]
    [TestCase("^65000_", "1 65000", false, TestName = "^ is nowhere else")]
    [TestCase("_65000$", "1 65000", true, TestName = "$ is the end")]
    [TestCase("_65000$", "65000 1", false, TestName = "$ is nowhere else")]
    [TestCase("^$", "", true, TestName = "^$ is the empty path")]
    [TestCase("^$", "1", false, TestName = "^$ is no other path")]
    [TestCase("", "1 2", true, TestName = "Nothing is everywhere")]
    [TestCase("^.$", "7", true, TestName = ". is one AS")]
    [TestCase("^.$", "7 7", false, TestName = ". is not two")]
    [TestCase("^1 .* 4$", "1 2 3 4", true, TestName = ".* is any number of ASes")]
    [TestCase("^1 .* 4$", "1 4", true, TestName = ".* is also none")]
    [TestCase("^1+$", "1 1 1", true, TestName = "+ is one and more")]
    [TestCase("^1+$", "", false, TestName = "+ is not none")]
    [TestCase("^1 2? 3$", "1 3", true, TestName = "? may be missing")]
    [TestCase("^1 2? 3$", "1 2 2 3", false, TestName = "? is once")]
    [TestCase("^1{2}$", "1 1", true, TestName = "{2} is twice")]
    [TestCase("^1{2}$", "1 1 1", false, TestName = "{2} is not three times")]
    [TestCase("^1{2,}$", "1 1 1", true, TestName = "{2,} is more often, too")]
    [TestCase("^1{1,2}$", "1 1 1", false, TestName = "{1,2} has an end")]
    [TestCase("^(1|2 3)+$", "2 3 1", true, TestName = "( | ) is one of several")]
    [TestCase("(^|_)7(_|$)", "1 7", true, TestName = "Anchors stand in a group")]
    [TestCase("[64512-65534 4200000000-4294967294]", "1 64600 2", true, TestName = "[ ] has numbers and ranges")]
    [TestCase("^[^1 2]$", "3", true, TestName = "[^ ] is another")]
    [TestCase("^[^1 2]$", "2", false, TestName = "[^ ] is none of these")]
    [TestCase("64512-65534", "64600", true, TestName = "A range needs no brackets")]
    [TestCase("_4294967295$", "4294967295", true, TestName = "The last AS number is one")]
    [TestCase("65000 65000", "65000 65000", true, TestName = "A blank stands between")]
    public void Matches(string pattern, string path, bool matches) =>
        Assert.That(Parse(pattern).Automaton.Matches(Encode(path)), Is.EqualTo(matches));

    [TestCase("6500[0-9]", "whole AS numbers", TestName = "A class behind a number is Cisco's digits")]
    [TestCase("65.", "whole AS numbers", TestName = "A dot behind a number is Cisco's digit")]
    [TestCase("^[0-9]+$", "would be the AS numbers 0 to 9", TestName = "[0-9] is Cisco's digit")]
    [TestCase("6500(1|2)", "whole AS numbers", TestName = "A group behind a number is Cisco's digits")]
    [TestCase("(1", "a closing parenthesis", TestName = "A group ends")]
    [TestCase("1)", "no opening parenthesis", TestName = "A group begins")]
    [TestCase("[2-1]", "lower to the higher", TestName = "A range ascends")]
    [TestCase("[]", "AS numbers or ranges", TestName = "A class has members")]
    [TestCase("[1", "a number up to", TestName = "A class ends")]
    [TestCase("4294967296", "a number up to 4294967295", TestName = "AS numbers have 32 bits")]
    [TestCase("^*", "cannot be repeated", TestName = "An anchor comes once")]
    [TestCase("*", "an AS number", TestName = "Something is repeated")]
    [TestCase("1{3,2}", "counts as in", TestName = "Counts ascend")]
    [TestCase("1{65}", "at most 64", TestName = "Counts have a bound")]
    [TestCase("AS65000", "an AS number", TestName = "Letters are none")]
    [TestCase("(1|2) .{40} (3|4)", "a simpler expression", TestName = "States have a bound")]
    public void Says_what_is_wrong(string pattern, string error)
    {
        Assert.That(AsPathPattern.TryParse(pattern, out _, out var message), Is.False);
        Assert.That(message, Does.Contain(error));
    }

    [Test]
    public void Members_of_sets_count_in_their_order()
    {
        byte[] path = [(byte)AsPathSegmentType.Sequence, 1, 0, 0, 0, 1, (byte)AsPathSegmentType.Set, 2, 0, 0, 0, 2, 0, 0, 0, 3];
        Assert.That(Parse("^1 2 3$").Automaton.Matches(path));
    }

    [Test]
    public void The_automaton_agrees_with_the_reference() =>
        Gen.Select(Expressions(3), Gen.UInt[1, 4].Array[0, 7]).Sample(
            (expression, path) =>
            {
                var pattern = Parse(expression);
                Assert.That(
                    pattern.Automaton.Matches(Encode(string.Join(' ', path))),
                    Is.EqualTo(ReferenceExpression.Matches(pattern.Root, path)),
                    expression);
            },
            iter: 20_000);

    [Test]
    public void A_thousand_expressions_are_one_automaton()
    {
        var root = new AsPathNode.Alternation([.. Enumerable.Range(1, 1000).Select(i => Parse($"_{1000 * i}$").Root)]);
        var automaton = AsPathAutomaton.TryBuild(root)!;
        Assert.That(automaton.Matches(Encode("1 2 7000")));
        Assert.That(automaton.Matches(Encode("7000 1")), Is.False);
        Assert.That(automaton.Matches(Encode("7000 8000 7001")), Is.False);
    }

    [Test]
    public void Any_text_is_read_or_refused() => Gen.String[Gen.Char["0123456789.^$_|()[]*+?{}, -"], 0, 24].Sample(
        text => { _ = AsPathPattern.TryParse(text, out _, out _); }, iter: 20_000);

    internal static byte[] Encode(string path)
    {
        var asns = path.Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(uint.Parse).ToArray();
        if (asns.Length == 0)
        {
            return [];
        }

        var octets = new byte[2 + (4 * asns.Length)];
        (octets[0], octets[1]) = ((byte)AsPathSegmentType.Sequence, (byte)asns.Length);
        for (var i = 0; i < asns.Length; i++)
        {
            BinaryPrimitives.WriteUInt32BigEndian(octets.AsSpan(2 + (4 * i)), asns[i]);
        }

        return octets;
    }

    internal static AsPathPattern Parse(string text) =>
        AsPathPattern.TryParse(text, out var pattern, out var error) ? pattern : throw new ArgumentException(error);

    /// <summary>Expressions over few AS numbers, so that they match now and then.</summary>
    internal static Gen<string> Expressions(int depth)
    {
        var atom = Gen.OneOf("1", "2", "3", ".", "[1 3]", "[^2]", "2-3", "^", "$");
        if (depth == 0)
        {
            return atom;
        }

        var inner = Expressions(depth - 1);
        return Gen.Frequency(
            (2, atom),
            (3, inner.Array[1, 3].Select(parts => string.Join(' ', parts))),
            (2, inner.Array[2, 3].Select(choices => $"({string.Join('|', choices)})")),
            (2, Gen.Select(inner, Gen.OneOf("*", "+", "?", "{2}", "{1,2}", "{0,}"), (part, count) => $"({part}){count}")));
    }
}
