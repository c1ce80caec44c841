using CsCheck;
using Routing.Bgp.Wire;
using Routing.Bgp.Wire.Attributes;
using Routing.Bgp.Wire.Iana;
using Routing.Bgp.Wire.Updates;

namespace Routing.Tests.Bgp.Wire;

/// <summary>The form in which the RIB interns attributes, and the way back for two-octet peers.</summary>
[TestFixture]
public sealed class CanonicalAttributesTests
{
    private const string Origin = "400101 00";
    private const string AsPath = "400206 0201 0000FDE9";
    private const string NextHop = "400304 0A000002";
    private const string Plain = Origin + AsPath + NextHop;

    [TestCase(Plain, Plain, TestName = "Canonical already")]
    [TestCase(NextHop + AsPath + Origin, Plain, TestName = "Out of order")]
    [TestCase("50010001 00" + AsPath + NextHop, Plain, TestName = "Extended length without need")]
    [TestCase("4F0101 00" + AsPath + NextHop, Plain,
        TestName = "Unused flag bits and Partial of a well-known")]
    [TestCase(Plain + "E00804 FDE90001", Plain + "E00804 FDE90001",
        TestName = "Partial of a known optional transitive stays")]
    [TestCase(Plain + "C06302 ABCD", Plain + "E06302 ABCD",
        TestName = "An unknown transitive becomes partial")]
    [TestCase(Plain + "C02024 000000010000000200000003 000000010000000200000004 000000010000000200000003",
        Plain + "C02018 000000010000000200000003 000000010000000200000004",
        TestName = "Redundant large communities go, RFC 8092 §5")]
    [TestCase(Plain + "C02304 0000FDE9", Plain + "C02304 0000FDE9",
        TestName = "A known newer attribute is not partial")]
    [TestCase(Plain + "806302 ABCD", Plain,
        TestName = "An unknown non-transitive goes")]
    [TestCase(Plain + "400504 00000064", Plain,
        TestName = "LOCAL_PREF from outside goes")]
    public void Attributes_take_one_form(string sent, string canonical) =>
        Check(UpdateJudge.External, UpdateJudge.Body("", sent, "10 0A01"), $"Announce 10.1.0.0/16 {Braced(canonical)}");

    [Test]
    public void Either_family_gets_its_own_next_hop()
    {
        var reach = "800E1A 0002 01 10 20010DB8000000000000000000000002 00 20 20010DB8";
        var next = "400310 20010DB8000000000000000000000002";
        Check(
            UpdateJudge.External,
            UpdateJudge.Body("", reach + Plain + "800404 00000005", "10 0A01"),
            $"Announce 10.1.0.0/16 {Braced(Plain + "800404 00000005")}",
            $"Announce 2001:db8::/32 {Braced(Origin + AsPath + next + "800404 00000005")}");
    }

    [Test]
    public void Withdrawals_come_before_announcements()
    {
        var unreach = "800F07 0002 01 18 20010D";
        Check(
            UpdateJudge.External,
            UpdateJudge.Body("10 0A01", Plain + unreach, "10 0A01"),
            "Withdraw 10.1.0.0/16",
            "Withdraw 2001:d00::/24",
            $"Announce 10.1.0.0/16 {Braced(Plain)}");
    }

    [TestCase("", "", "", "EndOfRib IPv4Unicast")]
    [TestCase("", "800F03 0002 01", "", "EndOfRib IPv6Unicast")]
    [TestCase("", "800F03 0001 01", "", "EndOfRib IPv4Unicast",
        TestName = "End-of-RIB of IPv4 in the multiprotocol form")]
    public void End_of_rib_is_recognised(string withdrawn, string attributes, string nlri, string expected) =>
        Check(UpdateJudge.External, UpdateJudge.Body(withdrawn, attributes, nlri), expected);

    [TestCase("400208 0203 FDE9 5BA0 FDEA", "", "40020E 0203 0000FDE9 00005BA0 0000FDEA",
        TestName = "Without AS4_PATH")]
    [TestCase("400208 0203 FDE9 5BA0 5BA0", "C0110A 0202 00010000 00020000", "40020E 0203 0000FDE9 00010000 00020000",
        TestName = "AS4_PATH replaces the tail, RFC 6793 §4.2.3")]
    [TestCase("400204 0201 5BA0", "C0110A 0202 00010000 00020000", "400206 0201 00005BA0",
        TestName = "A longer AS4_PATH is ignored")]
    [TestCase("40020A 0201 FDE9 0102 FDEA FDEB", "C01106 0201 00010000", "40020A 0202 0000FDE9 00010000",
        TestName = "A set counts one")]
    [TestCase("400206 0202 FDE9 5BA0", "C0110C 0301 0000FDE8 0201 00010000", "40020A 0202 0000FDE9 00010000",
        TestName = "Confederation segments of AS4_PATH are passed over")]
    public void The_path_of_a_two_octet_speaker_is_put_together(string asPath, string as4Path, string expected) =>
        Check(
            UpdateJudge.TwoOctet,
            UpdateJudge.Body("", Origin + asPath + NextHop + as4Path, "10 0A01"),
            $"Announce 10.1.0.0/16 {Braced(Origin + expected + NextHop)}");

    [Test]
    public void A_members_path_in_two_octets_keeps_its_confederation_segments() // RFC 6793 §4.2.3
    {
        var context = new UpdateContext([AfiSafi.IPv4Unicast], isExternal: false, fourOctetAsn: false, pathIds: [])
        {
            Rules = new UpdateRules { IsInConfederation = true, IsOtherMember = true },
        };
        Check(
            context,
            UpdateJudge.Body("", Origin + "400208 0301 FDE9 0201 5BA0" + NextHop + "C01106 0201 00010000", "10 0A01"),
            $"Announce 10.1.0.0/16 {Braced(Origin + "40020C 0301 0000FDE9 0201 00010000" + NextHop)}");
        Check(
            context,
            UpdateJudge.Body("", Origin + "400204 0301 FDE9" + NextHop, "10 0A01"),
            $"Announce 10.1.0.0/16 {Braced(Origin + "400206 0301 0000FDE9" + NextHop)}");
    }

    [TestCase("C00706 5BA0 0A000009", "C01208 00010000 0A000009", "C00708 00010000 0A000009", "400206 0201 00010000",
        TestName = "AS4_AGGREGATOR beside AS_TRANS")]
    [TestCase("C00706 FDE9 0A000009", "C01208 00010000 0A000009", "C00708 0000FDE9 0A000009", "400206 0201 00005BA0",
        TestName = "AGGREGATOR of a two-octet speaker: AS4_PATH and AS4_AGGREGATOR are older")]
    public void The_aggregator_decides_over_both_four_octet_attributes(
        string aggregator, string as4Aggregator, string expected, string expectedPath) =>
        Check(
            UpdateJudge.TwoOctet,
            UpdateJudge.Body(
                "",
                Origin + "400204 0201 5BA0" + NextHop + aggregator + "C01106 0201 00010000" + as4Aggregator,
                "10 0A01"),
            $"Announce 10.1.0.0/16 {Braced(Origin + expectedPath + NextHop + expected)}");

    [Test]
    public void Going_to_two_octets_and_back_loses_nothing()
    {
        var attributes = Hex.Parse(
            Origin + "400218 0204 0000FDE9 00010000 00020000 0000FDEA 0101 00030000" + NextHop
            + "C00708 00010000 0A000009 C00804 FDE90001 C0200C 000100000000000100000002");
        var writer = new WireWriter(new byte[TwoOctetAttributes.MaxEncodedLength(attributes.Length)]);
        TwoOctetAttributes.Write(ref writer, attributes);
        Check(
            UpdateJudge.TwoOctet,
            UpdateJudge.Body("", Convert.ToHexString(writer.Written), "10 0A01"),
            $"Announce 10.1.0.0/16 {Braced(Convert.ToHexString(attributes))}");
    }

    [Test]
    public void A_path_that_fits_two_octets_needs_no_as4_path()
    {
        var writer = new WireWriter(new byte[64]);
        TwoOctetAttributes.Write(ref writer, Hex.Parse(Plain));
        Assert.That(writer.Written.ToArray(), Is.EqualTo(Hex.Parse(Origin + "400204 0201 FDE9" + NextHop)));
    }

    [Test]
    public void Canonical_attributes_stay_as_they_are()
    {
        // Any subset of well-formed attributes in any order; what comes out goes in again.
        string[] pool =
        [
            Origin, AsPath, NextHop, "800404 00000001", "C00708 0000FDE9 0A000009", "400600",
            "C00808 FDE90001 FDE90002",
            "C01008 0002FDE900000001", "C0200C 000100000000000100000002", "E06302 ABCD", "C0FE00",
        ];
        Gen.Shuffle(pool).Select(Gen.Int[0, pool.Length]).Sample((shuffled, count) =>
        {
            var attributes = string.Concat(shuffled.Take(count).Union([Origin, AsPath, NextHop]));
            var (outcome, _, first) =
                UpdateJudge.Take(UpdateJudge.Body("", attributes, "10 0A01"), UpdateJudge.External);
            Assert.That(outcome, Is.EqualTo(UpdateOutcome.Accept));
            var canonical = first.Single().Split('{', '}')[1];
            var (_, _, second) = UpdateJudge.Take(UpdateJudge.Body("", canonical, "10 0A01"), UpdateJudge.External);
            Assert.That(second, Is.EqualTo(first));
        });
    }

    [Test]
    public void Any_octets_are_judged_without_throwing() => Gen.Byte.Array[0, 200].Sample(octets =>
    {
        UpdateJudge.Take(octets, UpdateJudge.External);
        UpdateJudge.Take(octets, UpdateJudge.TwoOctet);
    });

    [Test]
    public void Any_mutation_of_an_update_is_judged_without_throwing()
    {
        var updates = GoldenMessages.Updates.Select(update => update[19..]).ToArray();
        var mutation = Gen.Int[0, updates.Length - 1].Select(Gen.Int[0, 100], Gen.Byte, Gen.Int[0, 100]);
        mutation.Sample((which, at, value, cut) =>
        {
            var body = updates[which].ToArray();
            body[at % body.Length] = value;
            UpdateJudge.Take(body.AsSpan(0, body.Length - (cut % body.Length)), UpdateJudge.Internal);
            UpdateJudge.Take(body, UpdateJudge.TwoOctet);
        });
    }

    [Test]
    public void Golden_updates_cut_at_each_octet_never_throw()
    {
        foreach (var update in GoldenMessages.Updates)
        {
            for (var length = 0; length < update.Length - 19; length++)
            {
                UpdateJudge.Take(update.AsSpan(19, length), UpdateJudge.External);
            }
        }
    }

    private static void Check(UpdateContext context, byte[] body, params string[] expected)
    {
        var (_, error, entries) = UpdateJudge.Take(body, context);
        Assert.That(entries, Is.EqualTo(expected), error?.Reason);
    }

    private static string Braced(string hex) => $"{{{Convert.ToHexString(Hex.Parse(hex))}}}";
}
