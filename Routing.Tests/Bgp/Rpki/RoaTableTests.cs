using System.Diagnostics;
using CsCheck;
using Routing.Bgp.RoutePolicy;
using Routing.Bgp.Rpki;
using Routing.Bgp.Wire.Iana;
using Routing.Bgp.Wire.Nlri;

namespace Routing.Tests.Bgp.Rpki;

/// <summary>Origin validation (RFC 6811).</summary>
[TestFixture]
public sealed class RoaTableTests
{
    private static readonly Gen<Vrp> Payloads = Gen.Select(
        Gen.Bool, Gen.UInt, Gen.Int[0, 12], Gen.Int[0, 6], Gen.UInt[0, 3],
        (isIPv6, address, length, more, asn) => new Vrp(
            isIPv6
                ? Prefix.Create(AfiSafi.IPv6Unicast, (UInt128)address << 96, length)
                : Prefix.Create(AfiSafi.IPv4Unicast, address, length),
            (byte)(length + more),
            asn));

    private readonly RoaTable _table = RoaTable.Create(
    [
        Payload("10.0.0.0/8", 16, 65001),
        Payload("10.1.0.0/16", 24, 65002),
        Payload("10.1.0.0/16", 16, 65003),
        Payload("10.2.0.0/16", 24, 0),
        Payload("0.0.0.0/0", 0, 65009),
        Payload("2001:db8::/32", 48, 65001),
        Payload("::/0", 0, 65009),
    ]);

    [TestCase("10.0.0.0/8", 65001u, OriginValidity.Valid)]
    [TestCase("10.1.0.0/16", 65001u, OriginValidity.Valid, TestName = "By the shorter of two that cover it")]
    [TestCase("10.1.0.0/16", 65003u, OriginValidity.Valid, TestName = "By the second payload of its prefix")]
    [TestCase("10.1.2.0/24", 65003u, OriginValidity.Invalid, TestName = "Longer than that payload allows")]
    [TestCase("10.1.2.0/24", 65002u, OriginValidity.Valid)]
    [TestCase("10.1.2.128/25", 65002u, OriginValidity.Invalid)]
    [TestCase("10.3.0.0/16", 65002u, OriginValidity.Invalid, TestName = "Another AS")]
    [TestCase("10.2.3.0/24", 0u, OriginValidity.Invalid, TestName = "AS 0 authorizes nobody, RFC 6483 §4")]
    [TestCase("0.0.0.0/0", 65009u, OriginValidity.Valid)]
    [TestCase("2001:db8:1::/48", 65001u, OriginValidity.Valid)]
    [TestCase("2001:db8:1::/49", 65001u, OriginValidity.Invalid)]
    public void A_route_is_judged_by_what_covers_it(string prefix, uint origin, OriginValidity expected) =>
        Assert.That(_table.Validate(P(prefix), origin), Is.EqualTo(expected));

    [Test]
    public void What_nothing_covers_is_not_found()
    {
        var table = RoaTable.Create([Payload("10.1.0.0/16", 24, 65001)]);
        Assert.That(table.Validate(P("10.0.0.0/8"), 65001), Is.EqualTo(OriginValidity.NotFound), "a payload inside is none that covers");
        Assert.That(table.Validate(P("10.2.0.0/16"), 65001), Is.EqualTo(OriginValidity.NotFound));
        Assert.That(table.Validate(P("::/0"), 65001), Is.EqualTo(OriginValidity.NotFound));
        Assert.That(RoaTable.Empty.Validate(P("10.0.0.0/8"), 65001), Is.EqualTo(OriginValidity.NotFound));
    }

    [Test]
    public void The_table_agrees_with_the_definition() =>
        Gen.Select(Payloads.Array[0, 40], Payloads).Sample((payloads, route) =>
        {
            var covering = payloads.Where(payload => payload.Prefix.Contains(route.Prefix)).ToList();
            var expected = covering.Count == 0 ? OriginValidity.NotFound
                : covering.Exists(payload => payload.Asn == route.Asn && payload.Asn != 0 && route.Prefix.Length <= payload.MaxLength)
                    ? OriginValidity.Valid : OriginValidity.Invalid;
            var table = RoaTable.Create(payloads);
            Assert.That(table.Validate(route.Prefix, route.Asn), Is.EqualTo(expected));
            Assert.That(table.Covers(route.Prefix), Is.EqualTo(covering.Count > 0));
        });

    [Test]
    public void The_difference_is_what_only_one_has() => Gen.Select(Payloads.Array[0, 20], Payloads.Array[0, 20]).Sample((one, other) =>
    {
        var difference = RoaTable.Difference(RoaTable.Create(one), RoaTable.Create(other));
        Assert.That(difference.Payloads, Is.EquivalentTo(one.Except(other).Union(other.Except(one))));
    });

    [Test]
    public void Half_a_million_payloads_cost_little_per_route()
    {
        var random = new Random(1);
        var payloads = Enumerable.Range(0, 500_000).Select(_ =>
        {
            var length = random.Next(16, 25);
            return new Vrp(Prefix.Create(AfiSafi.IPv4Unicast, (uint)random.NextInt64(uint.MaxValue), length), 24, (uint)random.Next(70_000));
        });
        var table = RoaTable.Create(payloads);
        var routes = Enumerable.Range(0, 100_000)
            .Select(_ => Prefix.Create(AfiSafi.IPv4Unicast, (uint)random.NextInt64(uint.MaxValue), 24))
            .ToArray();
        CountCovered(table, routes); // what code and types allocate when they are first used is none of a route's cost
        var clock = Stopwatch.StartNew();
        var before = GC.GetAllocatedBytesForCurrentThread();
        var covered = CountCovered(table, routes);
        var allocated = GC.GetAllocatedBytesForCurrentThread() - before;
        TestContext.Out.WriteLine($"{clock.Elapsed.TotalNanoseconds / routes.Length:n0} ns a route, {covered} covered");
        Assert.That(allocated, Is.Zero);
    }

    private static int CountCovered(RoaTable table, Prefix[] routes)
    {
        var covered = 0;
        foreach (var route in routes)
        {
            covered += table.Validate(route, 1) == OriginValidity.NotFound ? 0 : 1;
        }

        return covered;
    }

    private static Vrp Payload(string prefix, byte maxLength, uint asn) => new(P(prefix), maxLength, asn);

    private static Prefix P(string text) => Prefix.TryParse(text, out var prefix) ? prefix : throw new ArgumentException(text);
}
