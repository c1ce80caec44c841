using Routing.Bgp.Rib;
using Routing.Bgp.Speaker;
using Routing.Bgp.Wire.Iana;
using Routing.Bgp.Wire.Messages;

namespace Routing.Tests.Bgp.Rib;

/// <summary>What a peer says it wants (RFC 5291, RFC 5292), honoured.</summary>
[TestFixture]
internal sealed class OutboundFilterTests
{
    private static readonly RouteModel Model = new() { AsPath = [64501], NextHop = RibHarness.NextHopOf(1) };

    private RibHarness _rib = null!;
    private RecordingOutput _receiver = null!;

    [SetUp]
    public void ConnectAPeerThatFilters()
    {
        _rib = new RibHarness();
        _rib.Connect(1);
        _rib.Announce(1, Model, "10.1.0.0/16", "10.1.2.0/24", "10.1.3.0/24", "192.0.2.0/24");
        _rib.Add(2);
        _receiver = _rib.Up(2, receivesFilters: [AfiSafi.IPv4Unicast]);
        _rib.Settle();
    }

    [Test]
    public void Nothing_is_told_before_the_peer_has_said_what_it_wants()
    {
        // RFC 5291 §6.
        Assert.That(_receiver.Held, Is.Empty);
        Ask();
        Assert.That(_receiver.Held, Has.Count.EqualTo(4), "it wants all");
    }

    [Test]
    public void End_of_RIB_says_that_it_wants_all()
    {
        _rib.EndOfRib(2);
        _rib.Settle();
        Assert.That(_receiver.Held, Has.Count.EqualTo(4));
    }

    [Test]
    public void The_lowest_sequence_that_matches_decides_and_the_rest_is_not_wanted()
    {
        Ask(Entry(20, "10.1.0.0/16", least: 17, greatest: 24), Entry(10, "10.1.3.0/24", deny: true));
        Assert.That(Held(), Is.EqualTo(new[] { "10.1.2.0/24" }));
    }

    [Test]
    public void Without_lengths_an_entry_means_the_very_prefix()
    {
        Ask(Entry(10, "10.1.0.0/16"));
        Assert.That(Held(), Is.EqualTo(new[] { "10.1.0.0/16" }));
    }

    [Test]
    public void Entries_come_and_go_and_what_is_no_longer_wanted_is_withdrawn()
    {
        Ask(Entry(10, "10.1.0.0/16"), Entry(20, "192.0.2.0/24"));
        Assert.That(Held(), Is.EqualTo(new[] { "10.1.0.0/16", "192.0.2.0/24" }));
        Ask(Entry(20, "192.0.2.0/24") with { Action = PrefixOrfAction.Remove });
        Assert.That(Held(), Is.EqualTo(new[] { "10.1.0.0/16" }));
        Ask(new PrefixOrf(PrefixOrfAction.RemoveAll, false, 0, 0, 0, default));
        Assert.That(_receiver.Held, Has.Count.EqualTo(4), "an empty list filters nothing");
    }

    [Test]
    public void Deferred_entries_count_from_the_next_request_on()
    {
        Ask(Entry(10, "10.1.0.0/16"));
        Take(new RouteRefreshMessage(AfiSafi.IPv4Unicast) { IsDeferred = true, Filters = [Entry(20, "192.0.2.0/24")] });
        _rib.Announce(1, Model with { Med = 1 }, "192.0.2.0/24");
        _rib.Settle();
        Assert.That(Held(), Is.EqualTo(new[] { "10.1.0.0/16" }));
        Ask();
        Assert.That(Held(), Is.EqualTo(new[] { "10.1.0.0/16", "192.0.2.0/24" }));
    }

    [Test]
    public void A_list_that_is_too_long_or_malformed_is_no_filter()
    {
        Ask([.. Enumerable.Range(1, ReceivedFilters.MostEntries + 1).Select(i => Entry((uint)i, "10.1.0.0/16"))]);
        Assert.That(_receiver.Held, Has.Count.EqualTo(4));
        Ask(new PrefixOrf(PrefixOrfAction.RemoveAll, false, 0, 0, 0, default), Entry(10, "10.1.0.0/16"));
        Assert.That(_receiver.Held, Has.Count.EqualTo(1));
        Take(new RouteRefreshMessage(AfiSafi.IPv4Unicast) { HasMalformedFilters = true });
        Assert.That(_receiver.Held, Has.Count.EqualTo(4));
    }

    [Test]
    public void A_new_session_begins_without_filters()
    {
        Ask(Entry(10, "10.1.0.0/16"));
        _rib.Down(2);
        _receiver = _rib.Up(2);
        _rib.Settle();
        Assert.That(_receiver.Held, Has.Count.EqualTo(4));
    }

    [Test]
    public void Operators_see_what_it_has_asked_for()
    {
        Assert.That(Status().IsAwaited, "RFC 5291 §6: nothing was said yet");
        Ask(Entry(20, "10.1.0.0/16", least: 17, greatest: 24), Entry(10, "10.1.3.0/24", deny: true));
        Assert.That(Status().Entries, Is.EqualTo(new[]
        {
            new WantedPrefix(false, RibHarness.Parse("10.1.3.0/24")),
            new WantedPrefix(true, RibHarness.Parse("10.1.0.0/16"), 17, 24),
        }));
        Assert.That((Status().IsAwaited, Status().IsDeferred, Status().IsUnusable), Is.EqualTo((false, false, false)));
        Take(new RouteRefreshMessage(AfiSafi.IPv4Unicast) { IsDeferred = true, Filters = [Entry(30, "192.0.2.0/24")] });
        Assert.That((Status().Entries.Length, Status().IsDeferred), Is.EqualTo((3, true)));
        Take(new RouteRefreshMessage(AfiSafi.IPv4Unicast) { HasMalformedFilters = true });
        Assert.That((Status().IsDeferred, Status().IsUnusable), Is.EqualTo((false, true)));
        Assert.That(Family(1).Filters, Is.Null, "whose session takes none");
    }

    private ReceivedFilterStatus Status() => Family(2).Filters!;

    private PeerFamilyStatus Family(int peer) => PeerStatusReader.ReadFamilies(_rib.Tables)[RibHarness.Index(peer)][0];

    private void Ask(params PrefixOrf[] entries) =>
        Take(new RouteRefreshMessage(AfiSafi.IPv4Unicast) { Filters = [.. entries] });

    private void Take(RouteRefreshMessage message)
    {
        _rib.Rib.Sessions.RouteRefresh(RibHarness.Index(2), message);
        _rib.Settle();
    }

    private IEnumerable<string> Held() =>
        _receiver.Held.Keys.Select(prefix => prefix.ToString()).Order(StringComparer.Ordinal);

    private static PrefixOrf Entry(uint sequence, string prefix, byte least = 0, byte greatest = 0, bool deny = false) =>
        new(PrefixOrfAction.Add, deny, sequence, least, greatest, RibHarness.Parse(prefix));
}
