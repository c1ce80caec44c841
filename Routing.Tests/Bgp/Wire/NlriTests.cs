using CsCheck;
using Routing.Bgp.Wire;
using Routing.Bgp.Wire.Iana;
using Routing.Bgp.Wire.Nlri;

namespace Routing.Tests.Bgp.Wire;

[TestFixture]
public sealed class NlriTests
{
    private static readonly Gen<Prefix> AnyPrefix = Gen.Bool.SelectMany(ipv4 => ipv4
        ? Gen.UInt.Select(Gen.Int[0, 32], (address, length) => Prefix.Create(AfiSafi.IPv4Unicast, address, length))
        : Gen.ULong.Select(Gen.ULong, Gen.Int[0, 128], (high, low, length) =>
            Prefix.Create(AfiSafi.IPv6Unicast, new UInt128(high, low), length)));

    [TestCase("0.0.0.0/0", "00")]
    [TestCase("10.0.0.0/8", "08 0A")]
    [TestCase("10.128.0.0/9", "09 0A80")]
    [TestCase("10.1.2.3/32", "20 0A010203")]
    [TestCase("::/0", "00")]
    [TestCase("2001:db8::/33", "21 20010DB800")]
    [TestCase("2001:db8::1/128", "80 20010DB8000000000000000000000001")]
    public void A_prefix_takes_as_few_octets_as_hold_it(string text, string hex)
    {
        Assert.That(Prefix.TryParse(text, out var prefix), Is.True);
        var writer = new WireWriter(new byte[NlriCodec.MaxEncodedLength]);
        NlriCodec.Write(ref writer, prefix);
        Assert.That(writer.Written.ToArray(), Is.EqualTo(Hex.Parse(hex)));
        Assert.That(NlriCodec.EncodedLength(prefix), Is.EqualTo(writer.Position));
    }

    [Test]
    public void Bits_past_the_length_are_irrelevant()
    {
        var cursor = new NlriCursor(AfiSafi.IPv4Unicast, Hex.Parse("09 0AFF"));
        Assert.That(cursor.TryRead(out var prefix), Is.True);
        Assert.That(prefix.ToString(), Is.EqualTo("10.128.0.0/9"));
    }

    [Test]
    public void Any_prefixes_survive_a_round_trip() => AnyPrefix.Array[0, 20].Sample(prefixes =>
    {
        foreach (var family in new[] { AfiSafi.IPv4Unicast, AfiSafi.IPv6Unicast })
        {
            var expected = prefixes.Where(prefix => prefix.Family == family).ToList();
            var writer = new WireWriter(new byte[20 * NlriCodec.MaxEncodedLength]);
            foreach (var prefix in expected)
            {
                NlriCodec.Write(ref writer, prefix);
            }

            Assert.That(NlriCodec.IsWellFormed(family, writer.Written, hasPathIds: false), Is.True);
            Assert.That(ReadAll(family, writer.Written), Is.EqualTo(expected));
        }
    });

    [Test]
    public void The_cursor_sees_all_of_what_is_well_formed([Values] bool hasPathIds) =>
        Gen.Byte.Array[0, 40].Sample(octets =>
    {
        foreach (var family in new[] { AfiSafi.IPv4Unicast, AfiSafi.IPv6Unicast })
        {
            var cursor = new NlriCursor(family, octets, hasPathIds);
            var seen = 0;
            while (cursor.TryRead(out var prefix, out _))
            {
                seen += NlriCodec.EncodedLength(prefix) + (hasPathIds ? NlriCodec.PathIdLength : 0);
            }

            Assert.That(
                seen == octets.Length, Is.EqualTo(NlriCodec.IsWellFormed(family, octets, hasPathIds)));
        }
    });

    [Test]
    public void IPv4_prefixes_read_as_numbers_are_the_same([Values] bool hasPathIds) =>
        Gen.OneOf(Gen.Byte[0, 34], Gen.Byte).Array[0, 40].Sample(octets =>
    {
        var numbers = new NlriCursor(AfiSafi.IPv4Unicast, octets, hasPathIds);
        var prefixes = new NlriCursor(AfiSafi.IPv4Unicast, octets, hasPathIds);
        while (prefixes.TryRead(out var prefix, out var expectedId))
        {
            Assert.That(numbers.TryReadIPv4(out var number, out var pathId), Is.True);
            Assert.That(
                (Prefix.Create(AfiSafi.IPv4Unicast, number >> 32, (int)(uint)number), pathId), Is.EqualTo((prefix, expectedId)));
        }

        Assert.That(numbers.TryReadIPv4(out _, out _), Is.False);
    });

    [Test]
    public void IPv6_prefixes_are_cut_alike_in_halves_and_whole() => Gen.ULong.Select(Gen.ULong, Gen.Int[0, 128]).Sample((high, low, length) =>
        Assert.That(
            Prefix.CreateIPv6(new AddressBits(high, low), length),
            Is.EqualTo(Prefix.Create(AfiSafi.IPv6Unicast, new UInt128(high, low), length))));

    [Test]
    public void Path_identifiers_stand_before_the_length()
    {
        // RFC 7911 §3.
        var cursor = new NlriCursor(AfiSafi.IPv4Unicast, Hex.Parse("00000007 08 0A  FFFFFFFE 10 0A01"), hasPathIds: true);
        Assert.That(cursor.TryRead(out var prefix, out var pathId), Is.True);
        Assert.That((prefix.ToString(), pathId), Is.EqualTo(("10.0.0.0/8", 7u)));
        Assert.That(cursor.TryRead(out prefix, out pathId), Is.True);
        Assert.That((prefix.ToString(), pathId), Is.EqualTo(("10.1.0.0/16", 0xFFFFFFFEu)));
        Assert.That(cursor.TryRead(out _, out _), Is.False);
    }

    private static List<Prefix> ReadAll(AfiSafi family, ReadOnlySpan<byte> nlri)
    {
        var prefixes = new List<Prefix>();
        var cursor = new NlriCursor(family, nlri);
        while (cursor.TryRead(out var prefix))
        {
            prefixes.Add(prefix);
        }

        return prefixes;
    }
}
