using CsCheck;
using Routing.Bgp.RoutePolicy.Compile;
using Routing.Bgp.RoutePolicy.Sets;

namespace Routing.Tests.Bgp.RoutePolicy;

/// <summary>Communities as filters name them.</summary>
[TestFixture]
internal sealed class CommunityPatternTests
{
    [TestCase("65000:100", "65000:100", true)]
    [TestCase("65000:100", "65000:101", false)]
    [TestCase("65000:*", "65000:7", true)]
    [TestCase("65000:*", "65001:7", false)]
    [TestCase("*:666", "1:666", true)]
    [TestCase("*:666", "1:667", false)]
    [TestCase("65000:100-199", "65000:150", true)]
    [TestCase("65000:100-199", "65000:200", false)]
    [TestCase("64512-65534:*", "65000:1", true)]
    [TestCase("no-export", "65535:65281", true)]
    [TestCase("65535:*", "blackhole", true)]
    [TestCase("65000:1:*", "65000:1:4294967295", true)]
    [TestCase("65000:1:*", "65000:2:1", false)]
    [TestCase("65000:*:3", "65000:2:3", true)]
    [TestCase("65000:*", "65000:2:3", false, TestName = "A standard pattern means no large community")]
    [TestCase("rt:65000:*", "rt:65000:5", true)]
    [TestCase("rt:65000:*", "0x0202 0000 FDE8 0005", true, TestName = "RFC 5668 §2: the same AS in four octets")]
    [TestCase("rt:65000:*", "0x4002 FDE8 0000 0005", true, TestName = "RFC 4360 §2: not transitive")]
    [TestCase("rt:65000:*", "soo:65000:5", false)]
    [TestCase("rt:4200000000:7", "0x0202 FA56 EA00 0007", true)]
    [TestCase("soo:192.0.2.1:7", "0x0103 C000 0201 0007", true, TestName = "RFC 4360 §3.2: an IPv4 address")]
    [TestCase("rt:*:*", "rt:192.0.2.1:7", true)]
    [TestCase("rt:*:100", "rt:1:100", true)]
    [TestCase("0x0002FDE800000064", "rt:65000:100", true)]
    public void Matches(string text, string community, bool matches)
    {
        var pattern = Parse(text);
        var value = Value(community);
        Assert.That(pattern.Matches(value), Is.EqualTo(matches), "as the pattern says");
        Assert.That(new CommunityMatcher(value.Kind, [pattern]).MatchesAny(Octets(value)), Is.EqualTo(matches), "compiled");
    }

    [TestCase("65536:1")]
    [TestCase("65000:65536")]
    [TestCase("65000")]
    [TestCase("65000:2-1")]
    [TestCase("1:2:3:4")]
    [TestCase("rt:65536:65536", TestName = "RFC 5668 §2: beside an AS of four octets there are two")]
    [TestCase("rt:x:1")]
    [TestCase("0x0002")]
    [TestCase("no-such")]
    [TestCase("-1:1")]
    [TestCase("")]
    public void Refuses(string text)
    {
        Assert.That(CommunityPattern.TryParse(text, out _, out var allowed), Is.False);
        Assert.That(allowed, Is.EqualTo(CommunityPattern.Allowed));
    }

    [TestCase("65000:100")]
    [TestCase("no-export")]
    [TestCase("65000:1:2")]
    [TestCase("rt:65000:100")]
    [TestCase("rt:4200000000:7")]
    [TestCase("soo:192.0.2.1:7")]
    [TestCase("0x0304000000000000")]
    public void A_value_is_written_as_it_is_read(string text) => Assert.That(Value(text).ToString(), Is.EqualTo(text));

    [TestCase("65000:*")]
    [TestCase("65000:1-2")]
    [TestCase("rt:*:1")]
    public void A_pattern_of_many_is_no_value(string text) => Assert.That(CommunityValue.TryParse(text, out _), Is.False);

    [Test]
    public void Compiled_patterns_agree_with_each_of_them() => Gen.Select(Patterns.Array[0, 6], Values).Sample(
        (patterns, value) =>
        {
            var parsed = patterns.Select(Parse).ToList();
            Assert.That(
                new CommunityMatcher(value.Kind, parsed).MatchesAny(Octets(value)),
                Is.EqualTo(parsed.Exists(pattern => pattern.Matches(value))));
        },
        iter: 20_000);

    /// <summary>Patterns over few numbers, so that they match now and then.</summary>
    internal static Gen<string> Patterns { get; } = Gen.Select(
        Gen.OneOf("1", "2", "1-2", "*"),
        Gen.OneOf("1", "2", "2-3", "*"),
        Gen.OneOf("1", "2", "2-3", "*"),
        Gen.Int[0, 3],
        (a, b, c, kind) => kind switch { 0 => $"{a}:{b}", 1 => $"{a}:{b}:{c}", 2 => $"rt:{a}:{b}", _ => "no-export" });

    /// <summary>Values that those patterns are about.</summary>
    internal static Gen<CommunityValue> Values { get; } = Gen.Select(
        Gen.Int[1, 3],
        Gen.Int[1, 3],
        Gen.Int[1, 3],
        Gen.Int[0, 4],
        (a, b, c, kind) => Value(kind switch
        {
            0 => $"{a}:{b}",
            1 => $"{a}:{b}:{c}",
            2 => $"rt:{a}:{b}",
            3 => $"rt:192.0.2.{a}:{b}",
            _ => "no-export",
        }));

    internal static CommunityPattern Parse(string text) =>
        CommunityPattern.TryParse(text, out var pattern, out var allowed) ? pattern : throw new ArgumentException(allowed);

    internal static CommunityValue Value(string text) =>
        CommunityValue.TryParse(text.Replace(" ", "", StringComparison.Ordinal), out var value) ? value : throw new ArgumentException(text);

    internal static byte[] Octets(CommunityValue community)
    {
        var octets = new byte[CommunityMatcher.MemberLength(community.Kind)];
        for (var i = 0; i < octets.Length; i++)
        {
            octets[^(i + 1)] = (byte)(community.Value >> (8 * i));
        }

        return octets;
    }
}
