using CsCheck;
using Routing.Bgp.Rpki;
using Routing.Bgp.Rpki.Rtr;
using Routing.Tests.Bgp.Wire;

namespace Routing.Tests.Bgp.Rpki;

/// <summary>The PDUs (RFC 8210 §5, RFC 6810 §5, draft-ietf-sidrops-8210bis §5.12).</summary>
[TestFixture]
public sealed class RtrPduTests
{
    private const string IPv4 = "01 04 0000 00000014  01 10 18 00  0A010000 0000FDE9"; // 10.1.0.0/16-24 AS 65001
    private const string IPv6 = "01 06 0000 00000020  01 20 30 00  20010DB8 00000000 00000000 00000000  0000FDE9";
    private const string EndOfData = "01 07 1234 00000018  0000002A 00000E10 00000258 00001C20";
    private const string Aspa = "02 0B 0100 00000014  0000FDE9 0000FDEA 0000FDEB"; // 65001: 65002, 65003
    private const string Error = """
        01 0A 0002 0000001F     # No Data Available
        00000008 0102000000000008
        00000007 6C61746572210A # "later!" and a line feed
        """;

    private static readonly string[] All =
    [
        "01 00 1234 0000000C  0000002A", "01 03 1234 00000008", IPv4, IPv6, EndOfData, "01 08 0000 00000008",
        "00 07 1234 0000000C  0000002A", Aspa, Error,
        "01 09 0100 00000024  00000000 00000000 00000000 00000000 00000000 0000FDE9 30000000",
    ];

    [TestCase(IPv4, true, "10.1.0.0/16-24 AS 65001")]
    [TestCase(IPv6, true, "2001:db8::/32-48 AS 65001")]
    [TestCase("01 04 0000 00000014  00 10 18 00  0A010000 0000FDE9", false, "10.1.0.0/16-24 AS 65001")]
    public void A_prefix_is_read(string hex, bool isAnnouncement, string expected)
    {
        Assert.That(RtrPdu.TryDecode(Hex.Parse(hex), out var pdu, out _), Is.True);
        Assert.That(pdu.TryReadVrp(out var vrp, out var announces), Is.True);
        Assert.That(($"{vrp}", announces), Is.EqualTo((expected, isAnnouncement)));
    }

    [TestCase("01 04 0000 00000014  01 18 10 00  0A010000 0000FDE9", TestName = "A prefix longer than its own maximum")]
    [TestCase("01 04 0000 00000014  01 10 21 00  0A010000 0000FDE9", TestName = "A maximum past 32")]
    public void An_impossible_prefix_is_not(string hex)
    {
        Assert.That(RtrPdu.TryDecode(Hex.Parse(hex), out var pdu, out _), Is.True);
        Assert.That(pdu.TryReadVrp(out _, out _), Is.False);
    }

    [Test]
    public void An_aspa_is_read()
    {
        Assert.That(RtrPdu.TryDecode(Hex.Parse(Aspa), out var pdu, out _), Is.True);
        Assert.That(pdu.TryReadAspa(out var aspa, out var isAnnouncement));
        Assert.That((aspa, isAnnouncement), Is.EqualTo((new Aspa(65001, [65002, 65003]), true)));
        Assert.That(RtrPdu.TryDecode(Hex.Parse("02 0B 0000 0000000C  0000FDE9"), out var withdrawal, out _), Is.True);
        Assert.That(withdrawal.TryReadAspa(out aspa, out isAnnouncement));
        Assert.That((aspa, isAnnouncement), Is.EqualTo((new Aspa(65001, []), false)));
    }

    [TestCase("02 0B 0100 00000010  0000FDE9 00000000", true, TestName = "AS 0 alone: there is no provider")]
    [TestCase("02 0B 0100 0000000C  0000FDE9", false, TestName = "An announcement without a provider")]
    [TestCase("02 0B 0100 00000014  0000FDE9 00000000 0000FDEA", false, TestName = "AS 0 beside another")]
    [TestCase("02 0B 0100 00000014  0000FDE9 0000FDEA 0000FDEA", false, TestName = "A provider twice")]
    [TestCase("02 0B 0100 00000014  0000FDE9 0000FDEB 0000FDEA", false, TestName = "Providers out of order")]
    [TestCase("02 0B 0000 00000010  0000FDE9 0000FDEA", false, TestName = "A withdrawal with a provider")]
    public void Providers_are_a_list_as_section_5_12_has_it(string hex, bool isGood) // draft-ietf-sidrops-8210bis
    {
        Assert.That(RtrPdu.TryDecode(Hex.Parse(hex), out var pdu, out _), Is.True);
        Assert.That(pdu.TryReadAspa(out _, out _), Is.EqualTo(isGood));
    }

    [TestCase("01", true)]
    [TestCase("02", false)]
    public void Bits_past_the_length_are_zero_in_version_2(string version, bool isGood) // draft-ietf-sidrops-8210bis §5.9
    {
        Assert.That(RtrPdu.TryDecode(Hex.Parse($"{version} 04 0000 00000014  01 10 18 00  0A010001 0000FDE9"), out var pdu, out _));
        Assert.That(pdu.TryReadVrp(out _, out _), Is.EqualTo(isGood));
    }

    [Test]
    public void An_end_of_data_has_serial_and_intervals()
    {
        Assert.That(RtrPdu.TryDecode(Hex.Parse(EndOfData), out var pdu, out _), Is.True);
        Assert.That((pdu.Word, pdu.ReadSerial()), Is.EqualTo(((ushort)0x1234, 42u)));
        Assert.That(pdu.ReadIntervals(), Is.EqualTo(RtrIntervals.Default));
    }

    [TestCase(0u, 0u, 0u, 1, 1, 600)]
    [TestCase(uint.MaxValue, uint.MaxValue, uint.MaxValue, 86400, 7200, 172800)]
    [TestCase(3600u, 600u, 600u, 3600, 600, 3601)]
    public void Intervals_stay_within_the_bounds_of_section_6(
        uint refresh, uint retry, uint expire, int expectedRefresh, int expectedRetry, int expectedExpire) =>
        Assert.That(RtrIntervals.Bounded(refresh, retry, expire), Is.EqualTo(new RtrIntervals(
            TimeSpan.FromSeconds(expectedRefresh), TimeSpan.FromSeconds(expectedRetry), TimeSpan.FromSeconds(expectedExpire))));

    [Test]
    public void An_error_report_has_a_text_without_control_characters()
    {
        Assert.That(RtrPdu.TryDecode(Hex.Parse(Error), out var pdu, out _), Is.True);
        Assert.That(((RtrErrorCode)pdu.Word, pdu.ReadErrorText()), Is.EqualTo((RtrErrorCode.NoDataAvailable, "later!.")));
    }

    [Test]
    public void Every_pdu_waits_for_its_last_octet([ValueSource(nameof(All))] string hex)
    {
        var octets = Hex.Parse(hex);
        for (var length = 0; length < octets.Length; length++)
        {
            Assert.That(RtrPdu.TryDecode(octets.AsSpan(0, length), out _, out var error), Is.False);
            Assert.That(error, Is.Null);
        }

        Assert.That(RtrPdu.TryDecode([.. octets, 1, 2, 3], out var pdu, out _), Is.True);
        Assert.That(pdu.Octets.Length, Is.EqualTo(octets.Length));
    }

    [TestCase("01 04 0000 00000018  01 10 18 00  0A010000 0000FDE9 00000000", 0, TestName = "A length that its type cannot have")]
    [TestCase("01 04 0000 00000007", 0, TestName = "A length below the header's")]
    [TestCase("01 0A 0000 FFFFFFFF", 0, TestName = "A length that no buffer has")]
    [TestCase("01 05 0000 00000008", 5, TestName = "A type that does not exist")]
    [TestCase("01 0B 0100 0000000C  0000FDE9", 5, TestName = "An ASPA in version 1")]
    [TestCase("02 0B 0100 0000000D  0000FDE9 00", 0, TestName = "An ASPA with a fraction of an AS")]
    public void What_cannot_stand_has_an_error_code(string hex, int code)
    {
        Assert.That(RtrPdu.TryDecode(Hex.Parse(hex), out _, out var error), Is.False);
        Assert.That((int?)error, Is.EqualTo(code));
    }

    [Test]
    public void Queries_and_reports_are_written_as_the_rfc_draws_them()
    {
        Assert.That(RtrWriter.ResetQuery(1), Is.EqualTo(Hex.Parse("01 02 0000 00000008")));
        Assert.That(RtrWriter.SerialQuery(1, 0x1234, 42), Is.EqualTo(Hex.Parse("01 01 1234 0000000C 0000002A")));
        Assert.That(
            RtrWriter.ErrorReport(1, RtrErrorCode.NoDataAvailable, Hex.Parse("0102000000000008"), "later!\n"),
            Is.EqualTo(Hex.Parse(Error)));
    }

    [Test]
    public void Any_octets_are_read_or_refused() => Gen.Select(Gen.Byte[0, 2], Gen.Byte[0, 12], Gen.Byte.Array[0, 60]).Sample(
        (version, type, body) =>
        {
            byte[] octets = [version, type, 0, 1, 0, 0, 0, (byte)(body.Length + 8), .. body];
            if (RtrPdu.TryDecode(octets, out var pdu, out _))
            {
                new RtrSession(version, null).Receive(pdu);
                pdu.ReadErrorText();
                if (pdu.Type == RtrPduType.Aspa)
                {
                    pdu.TryReadAspa(out _, out _);
                }
            }
        });
}
