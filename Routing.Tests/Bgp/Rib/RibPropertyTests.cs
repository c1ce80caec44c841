using CsCheck;
using Routing.Bgp.Wire.Messages;

namespace Routing.Tests.Bgp.Rib;

/// <summary>Random lives of a RIB with five peers of all kinds: whatever happens in whatever order, every peer ends up
/// holding exactly what a computation from scratch says, and nothing is left in the tables when all is withdrawn.</summary>
[TestFixture]
public sealed class RibPropertyTests
{
    private const int Peers = 5;

    private static readonly string[] Prefixes =
        ["10.1.0.0/16", "10.2.0.0/16", "10.3.0.0/24", "0.0.0.0/0", "2001:db8:1::/48", "2001:db8:2::/64", "::/0"];

    private enum Step
    {
        Announce,
        Withdraw,
        Down,
        Up,
        Full,
        Room,
        Settle,
        Refresh,
        ToggleClient,
    }

    private sealed record Move(Step Step, int Peer, int Prefix, RouteModel Model);

    private static readonly Gen<RouteModel> Models = Gen.Select(
        Gen.Byte[0, 2],
        Gen.UInt[64501, 64504].Array[1, 3],
        Gen.UInt[0, 2].Nullable(),
        Gen.UInt[99, 101].Nullable(),
        Gen.Int[1, 20],
        (origin, path, med, localPref, special) => new RouteModel
        {
            Origin = origin,
            // Now and then a loop: our own AS, our own cluster.
            AsPath = special == 1 ? [.. path, RibHarness.OwnAsn] : [.. path],
            Med = med,
            LocalPref = localPref,
            Originator = special is 2 or 3 ? 0x0A000063u : null,
            Clusters = special == 3 ? [RibHarness.OwnId] : special == 2 ? [77u] : [],
        });

    private static readonly Gen<Move> Moves = Gen.Select(
        Gen.Frequency(
            (12, Gen.Const(Step.Announce)),
            (6, Gen.Const(Step.Withdraw)),
            (1, Gen.Const(Step.Down)),
            (2, Gen.Const(Step.Up)),
            (2, Gen.Const(Step.Full)),
            (2, Gen.Const(Step.Room)),
            (4, Gen.Const(Step.Settle)),
            (1, Gen.Const(Step.Refresh)),
            (1, Gen.Const(Step.ToggleClient))),
        Gen.Int[1, Peers],
        Gen.Int[0, Prefixes.Length - 1],
        Models,
        (step, peer, prefix, model) => new Move(step, peer, prefix, model));

    [Test]
    public void Every_peer_holds_what_a_computation_from_scratch_says() =>
        Moves.Array[0, 80].Sample(moves => Live(moves), iter: 500);

    private static void Live(Move[] moves)
    {
        var rib = new RibHarness();
        var expected = new ReferenceExport();
        var client = new bool[Peers + 1];
        for (var peer = 1; peer <= Peers; peer++)
        {
            var external = peer <= 2;
            client[peer] = peer == 3;
            rib.Add(peer, external, client[peer]);
            expected.Add(peer, external, client[peer]);
            rib.Up(peer);
        }

        foreach (var move in moves)
        {
            Do(rib, expected, client, move);
        }

        foreach (var peer in Enumerable.Range(1, Peers).Where(peer => !rib.Outputs.ContainsKey(peer)))
        {
            rib.Up(peer);
        }

        foreach (var output in rib.Outputs.Values)
        {
            output.IsFull = false;
        }

        rib.Settle();
        foreach (var (peer, output) in rib.Outputs)
        {
            Assert.That(output.Held, Is.EquivalentTo(expected.TableOf(peer)), $"peer {peer}");
        }

        Empty(rib);
    }

    private static void Do(RibHarness rib, ReferenceExport expected, bool[] client, Move move)
    {
        var peer = move.Peer;
        var prefix = RibHarness.Parse(Prefixes[move.Prefix]);
        var isUp = rib.Outputs.ContainsKey(peer);
        switch (move.Step)
        {
            case Step.Announce when isUp:
                // External peers' reflection attributes and LOCAL_PREF are discarded by the session (RFC 7606 §7).
                var model = move.Model with { NextHop = RibHarness.NextHopOf(peer, prefix.Family) };
                model = peer > 2 ? model : model with { Originator = null, Clusters = [], LocalPref = null };
                rib.Announce(peer, model, Prefixes[move.Prefix]);
                expected.Announce(peer, model, prefix);
                break;
            case Step.Withdraw when isUp:
                rib.Withdraw(peer, Prefixes[move.Prefix]);
                expected.Withdraw(peer, prefix);
                break;
            case Step.Down when isUp:
                rib.Down(peer);
                rib.Outputs.Remove(peer);
                expected.Down(peer);
                break;
            case Step.Up when !isUp:
                rib.Up(peer);
                break;
            case Step.Full or Step.Room when isUp:
                rib.Outputs[peer].IsFull = move.Step == Step.Full;
                break;
            case Step.Refresh when isUp:
                rib.Rib.Sessions.RouteRefresh(RibHarness.Index(peer), new RouteRefreshMessage(prefix.Family));
                break;
            case Step.ToggleClient when peer > 2:
                client[peer] = !client[peer];
                rib.Rib.ChangePeer(RibHarness.Index(peer), RibHarness.Config(peer, external: false, client: client[peer]));
                expected.SetClient(peer, client[peer]);
                break;
            case Step.Settle:
                rib.Settle();
                break;
        }
    }

    private static void Empty(RibHarness rib)
    {
        for (var peer = 1; peer <= Peers; peer++)
        {
            rib.Down(peer);
        }

        rib.Settle();
        Assert.That(rib.Tables.Paths.Count, Is.Zero);
        Assert.That(rib.Tables.Attributes.Count, Is.EqualTo(1), "only the attributes of our own routes are left");
        foreach (var family in rib.Tables.Families)
        {
            Assert.That(family.LocRib.Prefixes.Count, Is.Zero);
            Assert.That(family.LocRib.Journal.Length, Is.Zero);
        }
    }
}
