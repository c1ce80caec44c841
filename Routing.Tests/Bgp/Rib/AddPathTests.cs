using CsCheck;
using Routing.Bgp.Rib;
using Routing.Bgp.Rib.Export;
using Routing.Bgp.Rib.Views;
using Routing.Bgp.RoutePolicy;
using Routing.Bgp.RoutePolicy.Sets;
using Routing.Bgp.Speaker;
using Routing.Bgp.Wire.Iana;
using Routing.Bgp.Wire.Messages;

namespace Routing.Tests.Bgp.Rib;

/// <summary>Several paths of one prefix, received and sent (RFC 7911).</summary>
[TestFixture]
public sealed class AddPathTests
{
    private const string Prefix = "10.1.0.0/16";

    private static readonly RouteModel Model = new() { AsPath = [64501], NextHop = RibHarness.NextHopOf(1) };

    [Test]
    public void A_peer_gets_every_path_under_an_identifier_of_its_own_that_stays()
    {
        var rib = new RibHarness();
        var receiver = Receiver(rib, 9, AddPathOptions.All);
        rib.Connect(1);
        rib.Connect(2);
        rib.Announce(1, Model, Prefix);
        rib.Announce(2, Model with { AsPath = [64502, 64510] }, Prefix);
        rib.Settle();
        var first = receiver.HeldPaths.Single(held => held.Value.AsPath[1] == 64501).Key;
        Assert.That(receiver.HeldPaths, Has.Count.EqualTo(2));

        var before = receiver.Announcements;
        rib.Announce(2, Model with { AsPath = [64502] }, Prefix);
        rib.Settle();
        Assert.That(receiver.Announcements - before, Is.EqualTo(1), "what did not change is not told again");

        rib.Withdraw(2, Prefix);
        rib.Settle();
        Assert.That(receiver.HeldPaths.Keys, Is.EqualTo(new[] { first }));
        Assert.That(receiver.NeedlessWithdrawals, Is.Zero);
    }

    [Test]
    public void With_a_maximum_the_best_go_and_the_next_one_moves_up()
    {
        var rib = new RibHarness();
        var receiver = Receiver(rib, 9, maximum: 2);
        for (var peer = 1; peer <= 3; peer++)
        {
            rib.Connect(peer);
            rib.Announce(peer, Model with { AsPath = [.. Enumerable.Repeat(64500u + (uint)peer, peer)] }, Prefix);
        }

        rib.Settle();
        Assert.That(receiver.HeldPaths.Values.Select(model => model.AsPath.Length - 1), Is.EquivalentTo(new[] { 1, 2 }));
        rib.Withdraw(1, Prefix);
        rib.Settle();
        Assert.That(receiver.HeldPaths.Values.Select(model => model.AsPath.Length - 1), Is.EquivalentTo(new[] { 2, 3 }));
    }

    [Test]
    public void A_change_behind_the_best_path_is_no_news_to_a_peer_of_one_path()
    {
        var rib = new RibHarness();
        Receiver(rib, 9, AddPathOptions.All);
        var plain = rib.Connect(8);
        rib.Connect(1);
        rib.Connect(2);
        rib.Announce(1, Model, Prefix);
        rib.Settle();
        var before = plain.Announcements;
        rib.Announce(2, Model with { AsPath = [64502, 64510] }, Prefix);
        rib.Settle();
        Assert.That(plain.Announcements, Is.EqualTo(before));
    }

    [Test]
    public void Route_refresh_brings_every_path_again()
    {
        var rib = new RibHarness();
        var receiver = Receiver(rib, 9, AddPathOptions.All);
        rib.Connect(1);
        rib.Connect(2);
        rib.Announce(1, Model, Prefix);
        rib.Announce(2, Model, Prefix);
        rib.Settle();
        var before = receiver.Announcements;
        rib.Rib.Sessions.RouteRefresh(RibHarness.Index(9), new RouteRefreshMessage(AfiSafi.IPv4Unicast));
        rib.Settle();
        Assert.That((receiver.Announcements - before, receiver.HeldPaths.Count), Is.EqualTo((2, 2)));
    }

    [Test]
    public void Each_path_is_explained_to_a_peer_that_takes_several()
    {
        var rib = new RibHarness();
        var receiver = Receiver(rib, 9, maximum: 2);
        rib.Rib.AddPeer(RibHarness.Index(8), RibHarness.Config(8, export: new RouteFilter(
            [
                new RouteRule { Action = RuleAction.Reject, Match = new RouteMatch { Prefix = PrefixCondition.In(RibHarness.Parse(Prefix)) } },
            ])) with { AddPathMaximum = AddPathOptions.All });
        rib.Up(8, takesPaths: true);
        for (var peer = 1; peer <= 3; peer++)
        {
            rib.Connect(peer);
            rib.AnnouncePath(
                peer, Model with { AsPath = [.. Enumerable.Repeat(64500u + (uint)peer, peer)] }, RibHarness.Parse(Prefix), 7);
        }

        rib.Announce(9, Model with { AsPath = [64509, 64510, 64511, 64512] }, Prefix);
        rib.Announce(1, Model with { AsPath = [64501], Communities = [WellKnownCommunity.NoAdvertise] }, "10.2.0.0/16");
        rib.Settle();

        var told = Advertisement(rib, Prefix, 9);
        Assert.That((told.State, told.Sent!.PathId), Is.EqualTo((AdvertisementState.Advertised, told.Paths[0].Sent!.PathId)));
        Assert.That(told.Paths.Select(path => $"{path.From} {path.PathId} {path.State}"), Is.EqualTo(new[]
        {
            "p1 7 Advertised", "p2 7 Advertised", "p3 7 BeyondMaximum", "p9 0 CameFromPeer",
        }));
        Assert.That(
            told.Paths.Where(path => path.Sent is not null).Select(path => path.Sent!.PathId),
            Is.EquivalentTo(receiver.HeldPaths.Keys.Select(key => key.PathId)), "under the identifiers that went out");
        Assert.That(
            Advertisement(rib, Prefix, 8).Paths.Select(path => (path.State, path.Verdict)),
            Has.All.EqualTo((AdvertisementState.KeptBack, ExportVerdict.RejectedByFilter)));
        Assert.That(Advertisement(rib, "10.2.0.0/16", 9).Paths.Single().Verdict, Is.EqualTo(ExportVerdict.NoAdvertise));
        Assert.That(Advertisement(rib, Prefix, 1).Paths, Is.Empty, "it takes one path");

        static ExplainedAdvertisement Advertisement(RibHarness rib, string prefix, int peer) =>
            new RouteExplainer(rib.Tables).Explain(RibHarness.Parse(prefix), longestMatch: false)!
                .Advertisements.Single(each => each.Peer == $"p{peer}");
    }

    [Test]
    public void A_peer_cannot_send_more_paths_of_a_prefix_than_are_kept()
    {
        var rib = new RibHarness();
        rib.Connect(1);
        for (var id = 1u; id <= 1000; id++)
        {
            rib.AnnouncePath(1, Model with { Med = id }, RibHarness.Parse(Prefix), id);
        }

        var paths = rib.Tables[AfiSafi.IPv4Unicast].In(RibHarness.Index(1));
        Assert.That((paths.Received, paths.Refused), Is.EqualTo((LocRib.MostPathsOfPeer, 872L)));
        Assert.That(PeerStatusReader.ReadFamilies(rib.Tables)[RibHarness.Index(1)][0].Refused, Is.EqualTo(872L));
    }

    [Test]
    public void Every_peer_holds_the_paths_that_a_computation_from_scratch_says() => Gen.Select(
        Gen.Frequency(
            (8, Gen.Const(Step.Announce)),
            (4, Gen.Const(Step.Withdraw)),
            (1, Gen.Const(Step.Down)),
            (1, Gen.Const(Step.Full)),
            (1, Gen.Const(Step.Room)),
            (1, Gen.Const(Step.Refresh)),
            (3, Gen.Const(Step.Settle))),
        Gen.Int[1, 3],
        Gen.UInt[1, 3],
        Gen.Int[0, 2],
        Gen.UInt[64501, 64503].Array[1, 2],
        Gen.UInt[0, 2]).Array[0, 60].Sample(Live, iter: 400);

    private static void Live((Step, int, uint, int, uint[], uint)[] moves)
    {
        string[] prefixes = ["10.1.0.0/16", "10.2.0.0/16", "2001:db8::/32"];
        var rib = new RibHarness();
        var expected = new ReferenceExport();
        for (var peer = 1; peer <= 6; peer++)
        {
            // 1 to 3 send several paths, 4 and 5 take them, 6 takes one.
            var (external, client) = (peer == 1, peer is 3 or 6);
            var config = RibHarness.Config(peer, external, client);
            rib.Rib.AddPeer(RibHarness.Index(peer), config with { AddPathMaximum = peer == 4 ? 2 : AddPathOptions.All });
            rib.Up(peer, takesPaths: peer is 4 or 5);
            expected.Add(peer, external, client);
        }

        foreach (var (step, peer, pathId, index, path, med) in moves)
        {
            var prefix = RibHarness.Parse(prefixes[index]);
            var model = new RouteModel { AsPath = [.. path], Med = med, NextHop = RibHarness.NextHopOf(peer, prefix.Family) };
            switch (step)
            {
                case Step.Announce:
                    rib.AnnouncePath(peer, model, prefix, pathId);
                    expected.Announce(peer, model, prefix, pathId);
                    break;
                case Step.Withdraw:
                    rib.WithdrawPath(peer, prefix, pathId);
                    expected.Withdraw(peer, prefix, pathId);
                    break;
                case Step.Down:
                    rib.Down(peer);
                    expected.Down(peer);
                    rib.Up(peer);
                    break;
                case Step.Full or Step.Room:
                    rib.Outputs[4 + (peer % 3)].IsFull = step == Step.Full;
                    break;
                case Step.Refresh:
                    rib.Rib.Sessions.RouteRefresh(RibHarness.Index(4 + (peer % 3)), new RouteRefreshMessage(prefix.Family));
                    break;
                default:
                    rib.Settle();
                    break;
            }
        }

        rib.Outputs.Values.ToList().ForEach(output => output.IsFull = false);
        rib.Settle();
        Assert.That(Held(rib.Outputs[4]), Is.EquivalentTo(expected.PathsOf(4, maximum: 2)));
        Assert.That(Held(rib.Outputs[5]), Is.EquivalentTo(expected.PathsOf(5, AddPathOptions.All)));
        Assert.That(rib.Outputs[6].Held, Is.EquivalentTo(expected.TableOf(6)));
        Assert.That(rib.Outputs.Values.Sum(output => output.NeedlessWithdrawals), Is.Zero);
        for (var peer = 1; peer <= 6; peer++)
        {
            rib.Down(peer);
        }

        rib.Settle();
        Assert.That((rib.Tables.Paths.Count, rib.Tables.Attributes.Count), Is.EqualTo((0, 1)), "nothing is left");
    }

    private static IEnumerable<(Routing.Bgp.Wire.Nlri.Prefix, RouteModel)> Held(RecordingOutput output) =>
        output.HeldPaths.Select(held => (held.Key.Prefix, held.Value));

    private static RecordingOutput Receiver(RibHarness rib, int number, int maximum)
    {
        rib.Rib.AddPeer(RibHarness.Index(number), RibHarness.Config(number) with { AddPathMaximum = maximum });
        return rib.Up(number, takesPaths: true);
    }

    private enum Step
    {
        Announce,
        Withdraw,
        Down,
        Full,
        Room,
        Refresh,
        Settle,
    }
}
