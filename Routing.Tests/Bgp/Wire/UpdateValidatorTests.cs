using Routing.Bgp.Wire.Iana;
using Routing.Bgp.Wire.Updates;

namespace Routing.Tests.Bgp.Wire;

/// <summary>RFC 7606 and RFC 4271 §6.3, a row an error.</summary>
[TestFixture]
public sealed class UpdateValidatorTests
{
    private const string Origin = "400101 00 ";
    private const string AsPath = "400206 0201 0000FDE9 ";
    private const string NextHop = "400304 0A000002 ";
    private const string Good = Origin + AsPath + NextHop;
    private const string Reach = "800E15 0002 01 10 20010DB8000000000000000000000002 00 ";

    [TestCase("00000007 10 0A01 00000008 10 0A01", "Announce 10.1.0.0/16#7 10.1.0.0/16#8", "Accept")]
    [TestCase("00000007 10 0A", "", "SessionReset", TestName = "A prefix that runs past the end behind an identifier")]
    [TestCase("000000", "", "SessionReset", TestName = "An identifier cut short")]
    [TestCase("10 0A01", "", "SessionReset", TestName = "No identifier where one was negotiated")]
    public void Nlri_with_path_identifiers_are_read_by_RFC_7911(string nlri, string entry, string outcome)
    {
        var body = UpdateJudge.Body("", Good + "400504 00000064", nlri);
        var taken = UpdateJudge.Take(body, UpdateJudge.WithPathIds);
        Assert.That(taken.Outcome.ToString(), Is.EqualTo(outcome));
        Assert.That(taken.Entries.FirstOrDefault() ?? "", Does.StartWith(entry));
    }

    [TestCase("400206 0201 0000FDE9", "Accept", TestName = "An AS_PATH of one")]
    [TestCase("40020A 0202 0000FDE9 0000FDEA", "Accept", TestName = "An AS_PATH of two, which is the most")]
    [TestCase("40020E 0203 0000FDE9 0000FDEA 0000FDEB", "TreatAsWithdraw", TestName = "An AS_PATH of three")]
    [TestCase("400206 0201 0000FDE9 800404 00000000 C01008 0000000000000000", "TreatAsWithdraw", TestName = "Five attributes of four")]
    public void What_is_longer_than_our_own_limits_is_withdrawn(string attributes, string outcome)
    {
        var context = new UpdateContext([AfiSafi.IPv4Unicast], isExternal: true, fourOctetAsn: true, [])
        {
            Rules = new UpdateRules { AcceptsAsSets = true },
            MaximumAttributes = 4,
            MaximumAsPathLength = 2,
        };
        var taken = UpdateJudge.Take(UpdateJudge.Body("", Origin + attributes + NextHop, "10 0A01"), context);
        Assert.That(taken.Outcome.ToString(), Is.EqualTo(outcome));
        Assert.That(taken.Entries.Single(), Does.StartWith(outcome == "Accept" ? "Announce" : "Withdraw 10.1.0.0/16"));
    }

    [TestCase("400101 03" + AsPath + NextHop, "TreatAsWithdraw", 6, TestName = "ORIGIN undefined, RFC 7606 §7.1")]
    [TestCase("400102 0000" + AsPath + NextHop, "TreatAsWithdraw", 5, TestName = "ORIGIN of two octets")]
    [TestCase("C00101 00" + AsPath + NextHop, "TreatAsWithdraw", 4, TestName = "ORIGIN optional, RFC 7606 §3.c")]
    [TestCase(AsPath + NextHop, "TreatAsWithdraw", 3, TestName = "ORIGIN missing, RFC 7606 §3.d")]
    [TestCase(Origin + NextHop, "TreatAsWithdraw", 3, TestName = "AS_PATH missing")]
    [TestCase(Origin + AsPath, "TreatAsWithdraw", 3, TestName = "NEXT_HOP missing")]
    [TestCase(Origin + "400206 0501 0000FDE9" + NextHop, "TreatAsWithdraw", 11,
        TestName = "AS_PATH segment type 5, RFC 7606 §7.2")]
    [TestCase(Origin + "400206 0202 0000FDE9" + NextHop, "TreatAsWithdraw", 11, TestName = "AS_PATH segment overrun")]
    [TestCase(Origin + "400207 0201 0000FDE9 02" + NextHop, "TreatAsWithdraw", 11, TestName = "AS_PATH one octet left")]
    [TestCase(Origin + "400202 0200" + NextHop, "TreatAsWithdraw", 11, TestName = "AS_PATH empty segment")]
    [TestCase(Origin + "400206 0301 0000FDE9" + NextHop, "TreatAsWithdraw", 11,
        TestName = "AS_CONFED_SEQUENCE, RFC 5065 §5")]
    [TestCase(Origin + "400206 0201 00000000" + NextHop, "TreatAsWithdraw", 11, TestName = "AS 0, RFC 7607 §2")]
    [TestCase(Origin + AsPath + "400303 0A0000", "TreatAsWithdraw", 5,
        TestName = "NEXT_HOP of three octets, RFC 7606 §7.3")]
    [TestCase(Origin + AsPath + "400304 E0000001", "TreatAsWithdraw", 8, TestName = "NEXT_HOP multicast")]
    [TestCase(Origin + AsPath + "400304 00000000", "TreatAsWithdraw", 8, TestName = "NEXT_HOP 0.0.0.0")]
    [TestCase(Good + "800403 000000", "TreatAsWithdraw", 5,
        TestName = "MULTI_EXIT_DISC of three octets, RFC 7606 §7.4")]
    [TestCase(Good + "400504 00000064", "AttributeDiscard", 1, TestName = "LOCAL_PREF from outside, RFC 7606 §7.5")]
    [TestCase(Good + "400501 00", "AttributeDiscard", 1, TestName = "LOCAL_PREF from outside, however malformed")]
    [TestCase(Good + "400601 00", "AttributeDiscard", 5, TestName = "ATOMIC_AGGREGATE with a value, RFC 7606 §7.6")]
    [TestCase(Good + "C00706 FDE9 0A000002", "AttributeDiscard", 5,
        TestName = "AGGREGATOR of six octets, RFC 7606 §7.7")]
    [TestCase(Good + "C00708 00000000 0A000002", "AttributeDiscard", 9, TestName = "AGGREGATOR of AS 0, RFC 7607 §2")]
    [TestCase(Good + "C00803 000000", "TreatAsWithdraw", 9, TestName = "COMMUNITIES not in fours, RFC 7606 §7.8")]
    [TestCase(Good + "C00800", "TreatAsWithdraw", 9, TestName = "COMMUNITIES empty")]
    [TestCase(Good + "800904 0A000002", "AttributeDiscard", 1, TestName = "ORIGINATOR_ID from outside, RFC 7606 §7.9")]
    [TestCase(Good + "800A04 0A000002", "AttributeDiscard", 1, TestName = "CLUSTER_LIST from outside, RFC 7606 §7.10")]
    [TestCase(Good + "C01007 00000000000000", "TreatAsWithdraw", 9,
        TestName = "EXTENDED COMMUNITIES not in eights, RFC 7606 §7.14")]
    [TestCase(Good + "C0200B 0000000000000000000000", "TreatAsWithdraw", 9,
        TestName = "LARGE_COMMUNITY not in twelves, RFC 8092 §6")]
    [TestCase(Good + "C01106 0201 0000FDE9", "Accept", 0,
        TestName = "AS4_PATH of a four-octet speaker is dropped, RFC 6793 §4.1")]
    [TestCase(Good + "800403 000000 C00800 C00800", "TreatAsWithdraw", 5,
        TestName = "The first of equal errors is told")]
    [TestCase(Good + "400101 02", "AttributeDiscard", 1, TestName = "ORIGIN twice: the first counts, RFC 7606 §3.g")]
    [TestCase(Good + "80 04", "TreatAsWithdraw", 1, TestName = "Half an attribute header, RFC 7606 §4")]
    [TestCase(Good + "800405 000000", "TreatAsWithdraw", 1,
        TestName = "An attribute past the total length, RFC 7606 §4")]
    [TestCase(Good + "406300", "SessionReset", 2, TestName = "Unknown well-known, RFC 4271 §6.3")]
    [TestCase(Good + "806304 00000000", "Accept", 0, TestName = "Unknown non-transitive, RFC 4271 §5")]
    [TestCase(Good + "C06304 00000000", "Accept", 0, TestName = "Unknown transitive")]
    [TestCase(Good + Reach + Reach, "SessionReset", 1, TestName = "MP_REACH_NLRI twice, RFC 7606 §3.g")]
    [TestCase(Good + "800E03 000201", "SessionReset", 9, TestName = "MP_REACH_NLRI too short, RFC 7606 §7.11")]
    [TestCase(Good + "800E0A 0002 01 05 0102030405 00", "SessionReset", 9,
        TestName = "MP_REACH_NLRI next hop of five octets")]
    [TestCase(Good + "800E16 0002 01 10 20010DB8000000000000000000000002 00 81", "SessionReset", 9,
        TestName = "MP_REACH_NLRI prefix of 129 bits, RFC 7606 §5.3")]
    [TestCase(Good + "800F02 0002", "SessionReset", 9, TestName = "MP_UNREACH_NLRI too short, RFC 7606 §7.12")]
    [TestCase(Good + "800F05 0002 01 20 20", "SessionReset", 9, TestName = "MP_UNREACH_NLRI prefix past the end")]
    [TestCase(Good + "800E0A 0001 80 00 00 FFFFFFFFFF", "Accept", 0,
        TestName = "A family that was not negotiated is ignored")]
    public void An_error_costs_the_least_the_rfc_allows(string attributes, string outcome, int subcode) =>
        Check(UpdateJudge.Body("", attributes, "10 0A01"), UpdateJudge.External, outcome, subcode);

    [TestCase(Good + "400503 000000", "TreatAsWithdraw", 5, TestName = "LOCAL_PREF of three octets, inside")]
    [TestCase(Good + "800903 000000", "TreatAsWithdraw", 5, TestName = "ORIGINATOR_ID of three octets, inside")]
    [TestCase(Good + "800A05 0000000000", "TreatAsWithdraw", 9, TestName = "CLUSTER_LIST of five octets, inside")]
    [TestCase(Good, "Accept", 0, TestName = "LOCAL_PREF missing, inside, is the default")]
    [TestCase(Good + "400504 00000064 800904 0A000001 800A04 0A000009", "Accept", 0, TestName = "A reflected route")]
    public void Internal_peers_may_send_what_external_ones_may_not(string attributes, string outcome, int subcode) =>
        Check(UpdateJudge.Body("", attributes, "10 0A01"), UpdateJudge.Internal, outcome, subcode);

    [TestCase(Origin + "400204 0201 FDE9" + NextHop, "Accept", 0, TestName = "AS_PATH of two octets")]
    [TestCase(Origin + AsPath + NextHop, "TreatAsWithdraw", 11,
        TestName = "AS_PATH of four octets on a two-octet session")]
    [TestCase(Origin + "400204 0201 FDE9" + NextHop + "C01105 0201 000000", "AttributeDiscard", 9,
        TestName = "AS4_PATH malformed, RFC 6793 §6")]
    [TestCase(Origin + "400204 0201 FDE9" + NextHop + "C01207 00000000000000", "AttributeDiscard", 9,
        TestName = "AS4_AGGREGATOR malformed, RFC 6793 §6")]
    [TestCase(Origin + "400204 0201 FDE9" + NextHop + "C00706 FDE9 0A000002", "Accept", 0,
        TestName = "AGGREGATOR of six octets")]
    public void Two_octet_speakers_are_judged_by_their_own_form(string attributes, string outcome, int subcode) =>
        Check(UpdateJudge.Body("", attributes, "10 0A01"), UpdateJudge.TwoOctet, outcome, subcode);

    [TestCase(Origin + "40020C 0201 0000FDE9 0101 0000FDEA" + NextHop, "TreatAsWithdraw", 11,
        TestName = "AS_SET, RFC 9774 §3")]
    [TestCase(Good + "C01913 000200000000000000000000000000000000 00", "TreatAsWithdraw", 9,
        TestName = "IPv6 extended communities not in twenties, RFC 7606 §7.15")]
    [TestCase(Good + "C02303 000000", "TreatAsWithdraw", 5, TestName = "ONLY_TO_CUSTOMER of three octets, RFC 9234 §5")]
    [TestCase(Good + "802304 0000FDE9", "TreatAsWithdraw", 4, TestName = "ONLY_TO_CUSTOMER non-transitive")]
    [TestCase(Good + "801A0A 01000B 00000000000000", "Accept", 0, TestName = "AIGP where it is not enabled, RFC 7311 §3.3")]
    public void Newer_attributes_and_rules(string attributes, string outcome, int subcode) =>
        Check(UpdateJudge.Body("", attributes, "10 0A01"), UpdateJudge.External, outcome, subcode);

    [TestCase(Good, "Accept", 0, TestName = "The peer's own AS first")]
    [TestCase(Origin + "400206 0201 0000FDEA" + NextHop, "TreatAsWithdraw", 11,
        TestName = "Another AS first, RFC 4271 §6.3")]
    [TestCase(Origin + "400200" + NextHop, "TreatAsWithdraw", 11, TestName = "No AS at all, RFC 4271 §6.3")]
    [TestCase(Good + "C06300 C06400", "Accept", 0, TestName = "As many unknown attributes as may be")]
    [TestCase(Good + "C06300 C06400 C06500", "TreatAsWithdraw", 9, TestName = "One too many")]
    [TestCase(Good + "801A0A 01000B 00000000000000", "AttributeDiscard", 9, TestName = "AIGP TLV past the end, RFC 7311 §3")]
    [TestCase(Good + "801A0A 01000A 00000000000000", "AttributeDiscard", 9, TestName = "AIGP metric of seven octets")]
    [TestCase(Good + "C01A0B 01000B 0000000000000001", "AttributeDiscard", 4, TestName = "AIGP transitive, RFC 7311 §3")]
    [TestCase(Good + "801A10 020005 0000 01000B 0000000000000001", "Accept", 0, TestName = "AIGP behind another TLV")]
    public void A_session_has_demands_of_its_own(string attributes, string outcome, int subcode) =>
        Check(UpdateJudge.Body("", attributes, "10 0A01"), UpdateJudge.Strict, outcome, subcode);

    [TestCase(Origin + "400206 0201 F0C35A01" + NextHop, "TreatAsWithdraw",
        TestName = "Four octets on a two-octet session")]
    [TestCase(Origin + "400204 0201 5BA0" + NextHop, "Accept", TestName = "AS_TRANS stands for the peer's AS, RFC 6793 §4.2.2")]
    [TestCase(Origin + "400204 0201 FDE9" + NextHop, "TreatAsWithdraw", TestName = "Another AS first, in two octets")]
    [TestCase(Origin + "400204 0201 5BA0" + NextHop + "C01106 0101 0000FDE9", "TreatAsWithdraw",
        TestName = "AS_SET in AS4_PATH, RFC 9774 §3")]
    public void The_first_as_of_a_two_octet_speaker(string attributes, string outcome)
    {
        var (actual, error, _) = UpdateJudge.Take(UpdateJudge.Body("", attributes, "10 0A01"), UpdateJudge.TwoOctetStrict);
        Assert.That(actual, Is.EqualTo(Enum.Parse<UpdateOutcome>(outcome)), error?.Reason);
    }

    [TestCase("400206 0301 0000FDE9", "Accept", TestName = "AS_CONFED_SEQUENCE of a member")]
    [TestCase("40020C 0301 0000FDE9 0201 00000D1C", "Accept", TestName = "And ASes outside behind it")]
    [TestCase("400206 0201 0000FDE9", "TreatAsWithdraw", TestName = "A member's path without it, RFC 5065 §5")]
    [TestCase("400200", "TreatAsWithdraw", TestName = "A member's empty path, RFC 5065 §5")]
    [TestCase("40020C 0301 0000FDE9 0401 0000FDEA", "TreatAsWithdraw", TestName = "AS_CONFED_SET, RFC 9774 §3")]
    public void Member_ases_mark_their_paths(string path, string outcome) => Check(
        UpdateJudge.Body("", Origin + path + NextHop + "400504 00000064", "10 0A01"),
        UpdateJudge.Member,
        outcome,
        outcome == "Accept" ? 0 : 11);

    [Test]
    public void Old_networks_may_still_aggregate() => Check(
        UpdateJudge.Body("", Origin + "40020C 0201 0000FDE9 0101 0000FDEA" + NextHop, "10 0A01"),
        UpdateJudge.Old,
        "Accept",
        0);

    [TestCase("", "", "21 0A000000 00", "SessionReset", 10, TestName = "NLRI of 33 bits, RFC 7606 §5.3")]
    [TestCase("", Good, "18 0A00", "SessionReset", 10, TestName = "NLRI past the end")]
    [TestCase("18 0A00", "", "", "SessionReset", 10, TestName = "Withdrawn past the end, RFC 7606 §3.i")]
    [TestCase("10 0A01", "", "", "Accept", 0, TestName = "A withdrawal alone")]
    [TestCase("10 0A01", "800403 000000", "", "SessionReset", 5,
        TestName = "Errors without reachable NLRI, RFC 7606 §5.2")]
    [TestCase("10 0A01", "400601 00", "", "AttributeDiscard", 5,
        TestName = "Attributes to discard without reachable NLRI")]
    [TestCase("", "C00F07 0002 01 18 20010D", "", "TreatAsWithdraw", 4,
        TestName = "MP_UNREACH_NLRI alone is not in doubt, RFC 7606 §5.2")]
    [TestCase("", Origin + AsPath + "800E1A 0002 01 10 FF020000000000000000000000000002 00 20 20010DB8", "",
        "TreatAsWithdraw", 9, TestName = "A multicast next hop of IPv6")]
    public void The_whole_update_is_judged(
        string withdrawn, string attributes, string nlri, string outcome, int subcode) =>
        Check(UpdateJudge.Body(withdrawn, attributes, nlri), UpdateJudge.External, outcome, subcode);

    [Test]
    public void The_data_of_an_error_is_the_attribute()
    {
        var (_, error, _) = UpdateJudge.Take(UpdateJudge.Body("", Good + "406301 AA", "10 0A01"), UpdateJudge.External);
        Assert.That(error!.Notification.Data.ToArray(), Is.EqualTo(Hex.Parse("406301 AA")));
    }

    [Test]
    public void The_data_of_a_missing_attribute_is_its_type()
    {
        var (_, error, _) = UpdateJudge.Take(UpdateJudge.Body("", AsPath + NextHop, "10 0A01"), UpdateJudge.External);
        Assert.That(error!.Notification.Data.ToArray(), Is.EqualTo(new byte[] { 1 }));
    }

    private static void Check(byte[] body, UpdateContext context, string outcome, int subcode)
    {
        var (actual, error, entries) = UpdateJudge.Take(body, context);
        Assert.That(actual, Is.EqualTo(Enum.Parse<UpdateOutcome>(outcome)), error?.Reason);
        Assert.That(error?.Notification.Subcode ?? 0, Is.EqualTo(subcode));
        Assert.That(error is null || error.Notification.Code == NotificationCode.UpdateMessageError, Is.True);
        if (actual >= UpdateOutcome.TreatAsWithdraw)
        {
            Assert.That(entries, Has.None.StartWith("Announce"));
        }
    }
}
