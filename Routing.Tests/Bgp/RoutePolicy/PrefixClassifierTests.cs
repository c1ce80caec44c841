using CsCheck;
using Routing.Bgp.RoutePolicy;
using Routing.Bgp.RoutePolicy.Compile;
using Routing.Bgp.RoutePolicy.Sets;
using Routing.Bgp.Wire.Iana;
using Routing.Bgp.Wire.Nlri;

namespace Routing.Tests.Bgp.RoutePolicy;

/// <summary>Prefix sets as one table.</summary>
[TestFixture]
internal sealed class PrefixClassifierTests
{
    [TestCase("10.0.0.0/8", "", TestName = "Shorter than the set's lengths")]
    [TestCase("10.0.0.0/16", "0", TestName = "In the first set")]
    [TestCase("10.1.0.0/16", "0,1", TestName = "In both")]
    [TestCase("10.1.0.0/24", "0", TestName = "Inside a prefix that is meant alone")]
    [TestCase("10.1.0.0/25", "", TestName = "Longer than the set's lengths")]
    [TestCase("10.0.0.0/7", "", TestName = "Around all of them")]
    [TestCase("192.0.2.0/24", "", TestName = "Elsewhere")]
    [TestCase("11.0.0.0/16", "", TestName = "Right behind")]
    public void Knows_the_sets_of_a_prefix(string prefix, string sets)
    {
        var classifier = new PrefixClassifier(
            AfiSafi.IPv4Unicast, [[new(P("10.0.0.0/8"), 16, 24)], [PrefixRange.Exactly(P("10.1.0.0/16"))]]);
        Assert.That(string.Join(',', classifier.Classes[classifier.ClassOf(P(prefix))]), Is.EqualTo(sets));
    }

    [TestCase("::/0", "0")]
    [TestCase("2001:db8::/32", "0")]
    [TestCase("ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff/128", "0,1")]
    public void The_ends_of_the_address_space_are_no_exception(string prefix, string sets)
    {
        var classifier = new PrefixClassifier(
            AfiSafi.IPv6Unicast, [[PrefixRange.OrLonger(P("::/0"))], [PrefixRange.OrLonger(P("ffff::/16"))]]);
        Assert.That(string.Join(',', classifier.Classes[classifier.ClassOf(P(prefix))]), Is.EqualTo(sets));
    }

    [Test]
    public void Agrees_with_each_range() => Gen.Select(Sets, Gen.Select(Prefixes, Prefixes)).Sample(
        (sets, prefixes) =>
        {
            foreach (var family in new[] { AfiSafi.IPv4Unicast, AfiSafi.IPv6Unicast })
            {
                var classifier = new PrefixClassifier(family, sets);
                foreach (var prefix in new[] { prefixes.Item1, prefixes.Item2 }.Where(prefix => prefix.Family == family))
                {
                    Assert.That(
                        classifier.Classes[classifier.ClassOf(prefix)],
                        Is.EqualTo(Enumerable.Range(0, sets.Length).Where(i => sets[i].Any(range => range.Contains(prefix)))));
                }
            }
        },
        iter: 20_000);

    /// <summary>Prefixes close to each other and to the ends of the address space.</summary>
    internal static Gen<Prefix> Prefixes { get; } = Gen.Select(
        Gen.Bool, Gen.Int[0, 6], Gen.Int[0, 3], Gen.Bool, (isIPv6, length, value, isAtEnd) =>
        {
            var family = isIPv6 ? AfiSafi.IPv6Unicast : AfiSafi.IPv4Unicast;
            var width = isIPv6 ? 128 : 32;
            var all = isIPv6 ? UInt128.MaxValue : uint.MaxValue;
            var address = isAtEnd ? all - ((UInt128)(uint)value << (width - 4)) : (UInt128)(uint)value << (width - 4);
            return Prefix.Create(family, address, length);
        });

    /// <summary>Ranges around them.</summary>
    internal static Gen<PrefixRange> Ranges { get; } = Gen.Select(
        Prefixes, Gen.Int[0, 3], Gen.Int[0, 3], (prefix, first, second) => new PrefixRange(
            prefix, (byte)(prefix.Length + first), (byte)(prefix.Length + first + second)));

    private static Gen<Sequence<PrefixRange>[]> Sets { get; } = Ranges.Array[0, 4].Select(ranges => ranges.ToSequence()).Array[0, 4];

    private static Prefix P(string text) => Prefix.TryParse(text, out var prefix) ? prefix : throw new ArgumentException(text);
}
