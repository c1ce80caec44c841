using System.Collections.Immutable;
using Routing.Bgp.Rib;
using Routing.Bgp.Rib.Tables;
using Routing.Bgp.Wire;
using Routing.Bgp.Wire.Iana;
using Routing.Bgp.Wire.Nlri;

namespace Routing.Tests.Bgp.Rib;

/// <summary>What a peer's paths are known by: prefix and path identifier (RFC 7911 §3), received and effective
/// attributes.</summary>
[TestFixture]
public sealed class AdjRibInTests
{
    private const AfiSafi Family = AfiSafi.IPv4Unicast;

    private static readonly Prefix Prefix = RibHarness.Parse("192.0.2.0/24");

    private RibHarness _harness = null!;
    private AdjRibIn _paths = null!;

    [SetUp]
    public void ConnectOnePeer()
    {
        _harness = new RibHarness();
        _harness.Connect(1);
        _paths = _harness.Tables[Family].In(RibHarness.Index(1));
    }

    [Test]
    public void Paths_of_one_peer_and_prefix_live_side_by_side_under_their_identifiers()
    {
        using var near = Intern(length: 1);
        using var far = Intern(length: 2);
        _paths.Announce(Row(Prefix), 7, far.Index, far.Index, PathFlags.None);
        _paths.Announce(Row(Prefix), 9, near.Index, near.Index, PathFlags.None);
        Assert.That((_paths.Received, BestPathId()), Is.EqualTo((2, 9u)));

        _paths.Announce(Row(Prefix), 9, far.Index, far.Index, PathFlags.Filtered);
        Assert.That((_paths.Received, _paths.Accepted, BestPathId()), Is.EqualTo((2, 1, 7u)), "replaced in place");

        _paths.Withdraw(Row(Prefix), 8);
        _paths.Withdraw(Row(Prefix), 7);
        Assert.That((_paths.Received, BestPathId()), Is.EqualTo((1, 0u)), "what is left is filtered");
    }

    [Test]
    public void Received_attributes_are_kept_beside_those_a_policy_made_of_them()
    {
        using var received = Intern(length: 1);
        using var effective = Intern(length: 3);
        _paths.Announce(Row(Prefix), 0, received.Index, effective.Index, PathFlags.None);
        var paths = _harness.Tables.Paths;
        var path = Best();
        Assert.That((paths.ReceivedOf(path), paths[path].Attributes), Is.EqualTo((received.Index, effective.Index)));

        _paths.Announce(Row(Prefix), 0, received.Index, received.Index, PathFlags.None);
        Assert.That((paths.ReceivedOf(path), paths[path].Attributes), Is.EqualTo((received.Index, received.Index)));
    }

    [Test]
    public void A_walk_over_all_paths_meets_each_once_whatever_the_decision_does_meanwhile()
    {
        ImmutableArray<Interned> sets = [.. Enumerable.Range(1, 4).Select(Intern)];
        foreach (var prefix in (string[])["192.0.2.0/24", "198.51.100.0/24"])
        {
            foreach (var (id, set) in Enumerable.Range(1, 4).Zip(sets))
            {
                _paths.Announce(Row(RibHarness.Parse(prefix)), (uint)id, set.Index, set.Index, PathFlags.None);
            }
        }

        _paths.MarkStale();
        Assert.That((_paths.Received, _paths.Stale), Is.EqualTo((8, 8)));
        _paths.Announce(Row(Prefix), 3, sets[2].Index, sets[2].Index, PathFlags.None);
        _paths.SweepStale();
        Assert.That((_paths.Received, _paths.Stale, BestPathId()), Is.EqualTo((1, 0, 3u)));
        _paths.Clear();
        sets.ToList().ForEach(set => set.Dispose());
        Assert.That((_harness.Tables.Paths.Count, _harness.Tables.Attributes.Count), Is.EqualTo((0, 1)));
    }

    private uint BestPathId() => Best() is var best && best == 0 ? 0 : _harness.Tables.Paths.PathIdOf(best);

    private int Row(Prefix prefix) => _harness.Tables[Family].LocRib.Prefixes.FindOrAdd(prefix);

    private int Best()
    {
        var locRib = _harness.Tables[Family].LocRib;
        return locRib.BestOf(locRib.Prefixes.Find(Prefix));
    }

    private Interned Intern(int length)
    {
        var octets = new RouteModel { AsPath = [.. Enumerable.Range(1, length).Select(asn => (uint)asn)] }
            .ToCanonical(Family);
        var table = _harness.Tables.Attributes;
        return new Interned(table, table.Intern(octets, OctetHash.Compute(octets)));
    }

    /// <summary>The test's own hold on a set of attributes.</summary>
    private sealed record Interned(AttributeTable Table, int Index) : IDisposable
    {
        public void Dispose() => Table.Release(Index);
    }
}
