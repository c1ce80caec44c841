using Routing.Bgp.Rpki.Rtr;
using Routing.Tests.Bgp.Wire;

namespace Routing.Tests.Bgp.Rpki;

/// <summary>One connection to a cache, PDU by PDU (RFC 8210 §8).</summary>
[TestFixture]
public sealed class RtrSessionTests
{
    private const string Response = "01 03 1234 00000008";
    private const string EndOfData = "01 07 1234 00000018 0000002A 00000E10 00000258 00001C20";
    private const string EndOfData43 = "01 07 1234 00000018 0000002B 00000E10 00000258 00001C20";
    private const string Announce1 = "01 04 0000 00000014 01 10 18 00 0A010000 0000FDE9";
    private const string Withdraw1 = "01 04 0000 00000014 00 10 18 00 0A010000 0000FDE9";
    private const string Announce2 = "01 04 0000 00000014 01 10 18 00 0A020000 0000FDE9";

    [Test]
    public void Everything_first_and_changes_from_then_on()
    {
        var session = new RtrSession(1, null);
        Assert.That(session.Query(), Is.EqualTo(RtrWriter.ResetQuery(1)), "§8.1");
        Feed(session, Response, Announce1);
        Assert.That(session.Data, Is.Null, "not complete yet");
        Assert.That(Feed(session, EndOfData).IsComplete);
        Assert.That(Vrps(session), Is.EqualTo(new[] { "10.1.0.0/16-24 AS 65001" }));

        var before = session.Data;
        Assert.That(session.Query(), Is.EqualTo(RtrWriter.SerialQuery(1, 0x1234, 42)), "§8.2");
        Feed(session, Response, Withdraw1, Announce2, EndOfData43);
        Assert.That(Vrps(session), Is.EqualTo(new[] { "10.2.0.0/16-24 AS 65001" }));
        Assert.That(before!.Vrps.Select(vrp => $"{vrp}"), Is.EqualTo(new[] { "10.1.0.0/16-24 AS 65001" }), "others still read it");
    }

    [Test]
    public void A_notify_of_a_new_serial_is_followed_by_a_query()
    {
        var session = Synchronized();
        Assert.That(Feed(session, "01 00 1234 0000000C 0000002A").Send, Is.Null, "nothing new");
        Assert.That(Feed(session, "01 00 1234 0000000C 0000002B").Send, Is.EqualTo(RtrWriter.SerialQuery(1, 0x1234, 42)));
        Assert.That(Feed(session, "01 00 1234 0000000C 0000002C").Send, Is.Null, "one query at a time");
    }

    [Test]
    public void A_cache_that_lost_track_sends_everything_again() // §8.3
    {
        var session = Synchronized();
        session.Query();
        Assert.That(Feed(session, "01 08 0000 00000008").Send, Is.EqualTo(RtrWriter.ResetQuery(1)));
        Feed(session, "01 03 9999 00000008", Announce2, "01 07 9999 00000018 00000001 00000E10 00000258 00001C20");
        Assert.That(Vrps(session), Is.EqualTo(new[] { "10.2.0.0/16-24 AS 65001" }));
        Assert.That(session.Data!.SessionId, Is.EqualTo(0x9999));
    }

    [Test]
    public void A_cache_without_data_is_asked_again_later() // §8.4
    {
        var session = new RtrSession(1, null);
        session.Query();
        var step = Feed(session, "01 0A 0002 00000010 00000000 00000000");
        Assert.That((step.Close, session.IsAsking), Is.EqualTo(((string?)null, false)));
        Assert.That(session.Query(), Is.EqualTo(RtrWriter.ResetQuery(1)));
    }

    [TestCase("01 07 9999 00000018 0000002B 00000E10 00000258 00001C20", 0, TestName = "An End of Data of another session")]
    [TestCase(Announce1, 7, TestName = "An announcement of what is there")]
    [TestCase("01 04 0000 00000014 00 10 18 00 0A030000 0000FDE9", 6, TestName = "A withdrawal of what is not there")]
    [TestCase("01 04 0000 00000014 01 18 10 00 0A010000 0000FDE9", 0, TestName = "A prefix longer than its maximum")]
    [TestCase("01 01 1234 0000000C 0000002A", 3, TestName = "A query from a cache")]
    [TestCase("00 04 0000 00000014 01 10 18 00 0A090000 0000FDE9", 8, TestName = "Another version in the middle")]
    public void What_contradicts_ends_the_session_with_a_report(string hex, int code)
    {
        var session = Synchronized();
        session.Query();
        Feed(session, Response);
        var step = Feed(session, hex);
        Assert.That(step.Close, Is.Not.Null);
        Assert.That(RtrPdu.TryDecode(step.Send, out var report, out _), Is.True);
        Assert.That((report.Type, (int)report.Word), Is.EqualTo((RtrPduType.ErrorReport, code)));
        Assert.That(session.Data, Is.Null, "the next session begins anew");
    }

    [Test]
    public void An_error_report_is_never_answered() // §5.11
    {
        var session = Synchronized();
        Assert.That(Feed(session, "01 0A 0000 00000010 00000000 00000000"),
            Is.EqualTo(new RtrStep(Close: "the cache reports CorruptData: ")));
    }

    [Test]
    public void An_older_cache_answers_in_its_version() // §7
    {
        var session = new RtrSession(2, null);
        Assert.That(session.Query(), Is.EqualTo(RtrWriter.ResetQuery(2)));
        Feed(session, "00 03 1234 00000008", "00 04 0000 00000014 01 10 18 00 0A010000 0000FDE9", "00 07 1234 0000000C 0000002A");
        Assert.That((session.Version, session.Data!.Intervals), Is.EqualTo(((byte)0, RtrIntervals.Default)));
        Assert.That(session.Query(), Is.EqualTo(RtrWriter.SerialQuery(0, 0x1234, 42)));
    }

    [Test]
    public void A_cache_that_refuses_the_version_is_to_be_asked_in_the_one_below() // §7
    {
        var session = new RtrSession(2, null);
        session.Query();
        Assert.That(Feed(session, "01 0A 0004 00000010 00000000 00000000").Close, Is.Not.Null);
        Assert.That(session.NextVersion, Is.EqualTo(1));
    }

    [TestCase("00", 0, TestName = "It says which version it speaks")] // draft-ietf-sidrops-8210bis §7
    [TestCase("02", 1, TestName = "It says nothing new")]
    public void The_version_of_a_cache_that_refuses_ours_is_tried_next(string version, int next)
    {
        var session = new RtrSession(2, null);
        session.Query();
        Feed(session, $"{version} 0A 0004 00000010 00000000 00000000");
        Assert.That(session.NextVersion, Is.EqualTo(next));
    }

    [TestCase(1, "01 0A 0000 00000010 00000000 00000000", false, TestName = "Version 1: the connection ends, the data stay")]
    [TestCase(2, "02 0A 0000 00000010 00000000 00000000", true, TestName = "Corrupt Data is fatal")]
    [TestCase(2, "02 0A 000D 00000010 00000000 00000000", true, TestName = "Cache Shutdown is fatal")]
    [TestCase(2, "02 0A 00FE 00000010 00000000 00000000", true, TestName = "A code that nobody knows")]
    [TestCase(2, "02 0A 000C 00000010 00000000 00000000", false, TestName = "Cache Restart is not")]
    [TestCase(2, "02 0A 0004 00000010 00000000 00000000", false, TestName = "Nor is Unsupported Protocol Version")]
    public void In_version_2_a_fatal_error_takes_the_data(byte version, string report, bool flushes) // its §12
    {
        var session = Synchronized(version);
        var step = Feed(session, report);
        Assert.That(step.Close, Is.Not.Null);
        Assert.That((step.Flush, session.Data is null), Is.EqualTo((flushes, flushes)));
    }

    [TestCase(1)]
    [TestCase(2)]
    public void Another_session_id_takes_the_data(byte version) // RFC 8210 §5.1
    {
        var session = Synchronized(version);
        session.Query();
        Assert.That(Feed(session, $"{version:X2} 03 9999 00000008").Flush);
        session = Synchronized(version);
        session.Query();
        var step = Feed(session, $"{version:X2}{Response[2..]}", $"{version:X2} 07 9999 00000018 0000002B 00000E10 00000258 00001C20");
        Assert.That(step.Flush);
    }

    [Test]
    public void An_impossible_list_of_providers_has_its_own_code() // draft-ietf-sidrops-8210bis §5.12
    {
        var session = Synchronized(2);
        session.Query();
        var step = Feed(session, "02 03 1234 00000008", "02 0B 0100 0000000C 0000FDE9");
        Assert.That(RtrPdu.TryDecode(step.Send, out var report, out _), Is.True);
        Assert.That(((RtrErrorCode)report.Word, step.Flush), Is.EqualTo((RtrErrorCode.AspaProviderListError, true)));
    }

    [Test]
    public void Data_of_another_version_are_no_base_for_changes()
    {
        var session = new RtrSession(2, Synchronized().Data);
        Assert.That(session.Query(), Is.EqualTo(RtrWriter.ResetQuery(2)));
    }

    private static RtrSession Synchronized(byte version = 1)
    {
        var session = new RtrSession(version, null);
        session.Query();
        Feed(session, [.. new[] { Response, Announce1, EndOfData }.Select(pdu => $"{version:X2}{pdu[2..]}")]);
        return session;
    }

    private static IEnumerable<string> Vrps(RtrSession session) => session.Data!.Vrps.Select(vrp => $"{vrp}");

    private static RtrStep Feed(RtrSession session, params string[] pdus)
    {
        RtrStep step = default;
        foreach (var hex in pdus)
        {
            Assert.That(step.Close, Is.Null);
            Assert.That(RtrPdu.TryDecode(Hex.Parse(hex), out var pdu, out var error), Is.True, $"{hex}: {error}");
            step = session.Receive(pdu);
        }

        return step;
    }
}
