using Routing.Bgp.Rib;
using Routing.Bgp.Rib.Inbox;
using Routing.Bgp.RoutePolicy;
using Routing.Bgp.RoutePolicy.AsPaths;
using Routing.Bgp.RoutePolicy.Sets;
using Routing.Bgp.Wire;
using Routing.Bgp.Wire.Iana;
using Routing.Bgp.Wire.Nlri;

namespace Routing.Tests.Bgp.Rib;

/// <summary>DESIGN.md §5: steady-state convergence allocates (almost) nothing per route.</summary>
[TestFixture]
[NonParallelizable]
public sealed class AllocationTests
{
    private const int Routes = 100_000;
    private const int RoutesPerEntry = 10;

    [TestCase(false, TestName = "A table that flaps")]
    [TestCase(true, TestName = "A table that flaps, changed by policies on its way in and out")]
    public void Less_than_an_octet_is_allocated_per_route(bool withPolicies)
    {
        var rib = new RibHarness();
        rib.Add(1, import: withPolicies ? Policy(new RouteOperation.SetLocalPref(200)) : null);
        rib.Add(2, export: withPolicies ? Policy(new RouteOperation.SetMed(5)) : null);
        rib.Up(1);
        var counting = new CountingOutput();
        rib.Rib.Sessions.PeerUp(counting.Up(2));

        // Two sets of attributes for every route, taken in turn: each pass changes the whole table.
        Pass(rib, variant: 0);
        Pass(rib, variant: 1);
        Pass(rib, variant: 0);
        var octets = counting.Octets;
        var before = GC.GetAllocatedBytesForCurrentThread();
        Pass(rib, variant: 1);
        Pass(rib, variant: 0);
        var perRoute = (GC.GetAllocatedBytesForCurrentThread() - before) / (2.0 * Routes);
        TestContext.Out.WriteLine($"{perRoute:F3} octets allocated per route");
        Assert.That(counting.Octets - octets, Is.GreaterThan(2 * Routes * 4), "the changes went out");
        Assert.That(perRoute, Is.LessThan(1.0));
    }

    [Test]
    public void A_table_that_is_announced_and_withdrawn_allocates_less_than_an_octet_per_route()
    {
        var rib = new RibHarness();
        rib.Add(1);
        rib.Add(2);
        rib.Up(1);
        var counting = new CountingOutput();
        rib.Rib.Sessions.PeerUp(counting.Up(2));
        for (var i = 0; i < 3; i++)
        {
            Pass(rib, variant: 0);
            Pass(rib, variant: 0, UpdateEntryKind.Withdraw);
        }

        var octets = counting.Octets;
        var before = GC.GetAllocatedBytesForCurrentThread();
        Pass(rib, variant: 0);
        Pass(rib, variant: 0, UpdateEntryKind.Withdraw);
        var perRoute = (GC.GetAllocatedBytesForCurrentThread() - before) / (2.0 * Routes);
        TestContext.Out.WriteLine($"{perRoute:F3} octets allocated per route");
        Assert.That(counting.Octets - octets, Is.GreaterThan(2 * Routes * 4), "announcements and withdrawals went out");
        Assert.That(perRoute, Is.LessThan(1.0));
    }

    /// <summary>Prefixes, communities and paths are looked at, and something is changed.</summary>
    private static RouteFilter Policy(RouteOperation operation) => new(
    [
        new RouteRule { Action = RuleAction.Reject, Match = new RouteMatch { Prefix = PrefixCondition.In(RibHarness.Parse("10.0.0.0/8")) } },
        new RouteRule
        {
            Action = RuleAction.Accept,
            Match = new RouteMatch
            {
                AsPath = new AsPathCondition { Patterns = [Expression("_64501_")] },
                Communities = new CommunityCondition([Pattern("*:666")], CommunityQuantifier.None),
            },
            Operations =
            [
                operation,
                new RouteOperation.AddCommunities([new CommunityValue(CommunityKind.Standard, 7)]),
                new RouteOperation.DeleteCommunities([Pattern("0:1-9")]),
                new RouteOperation.AddCommunities([new CommunityValue(CommunityKind.Large, 7)]),
            ],
        },
    ]);

    private static AsPathPattern Expression(string text) =>
        AsPathPattern.TryParse(text, out var expression, out var error) ? expression : throw new ArgumentException(error);

    private static CommunityPattern Pattern(string text) =>
        CommunityPattern.TryParse(text, out var pattern, out var allowed) ? pattern : throw new ArgumentException(allowed);

    private static void Pass(RibHarness rib, uint variant, UpdateEntryKind kind = UpdateEntryKind.Announce)
    {
        for (var first = 0; first < Routes;)
        {
            var batch = UpdateBatchPool.Rent(RibHarness.Index(1));
            Fill(batch, ref first, variant, kind);
            rib.Rib.Updates.Take(batch);
            while (rib.Rib.Run())
            {
            }
        }
    }

    private static void Fill(UpdateBatch batch, ref int first, uint variant, UpdateEntryKind kind)
    {
        const int EntriesPerBatch = 200;
        if (batch.Entries.Length < EntriesPerBatch)
        {
            batch.Entries = new UpdateEntry[EntriesPerBatch];
            batch.Octets = new byte[EntriesPerBatch * 128];
        }

        var writer = new WireWriter(batch.Octets);
        for (batch.EntryCount = 0; batch.EntryCount < EntriesPerBatch && first < Routes; batch.EntryCount++)
        {
            var start = writer.Position;
            writer.WriteOctets(Attributes);
            // The last AS of the path tells the sets apart: one of 5000, in two variants.
            writer.Position -= 11;
            writer.WriteUInt32((uint)(first / RoutesPerEntry % 5000 * 2) + variant);
            writer.Position += 7;
            var length = writer.Position - start;
            var nlri = writer.Position;
            for (var i = 0; i < RoutesPerEntry; i++)
            {
                NlriCodec.Write(ref writer, Prefix.Create(AfiSafi.IPv4Unicast, (UInt128)first++ << 8, 24));
            }

            batch.Entries[batch.EntryCount] = new UpdateEntry(
                kind, AfiSafi.IPv4Unicast, start, length,
                OctetHash.Compute(batch.Octets.AsSpan(start, length)), nlri, writer.Position - nlri);
        }

        batch.OctetCount = writer.Position;
    }

    /// <summary>ORIGIN, an AS_PATH of two, NEXT_HOP 10.0.0.1.</summary>
    private static byte[] Attributes { get; } = new RouteModel
    {
        AsPath = [64501, 1],
        NextHop = RibHarness.NextHopOf(1),
    }.ToCanonical(AfiSafi.IPv4Unicast);

    private sealed class CountingOutput : IPeerOutput
    {
        public long Octets { get; private set; }

        public PeerUp Up(int number) => new()
        {
            Peer = RibHarness.Index(number),
            Output = this,
            PeerAsn = 64502,
            PeerIdentifier = 2,
            PeerAddress = RibHarness.Address(number),
            LocalAddress = RibHarness.OwnIPv4,
            Families = [AfiSafi.IPv4Unicast],
            FourOctetAsn = true,
            SendsEndOfRib = false,
        };

        public bool TryWrite(ReadOnlySpan<EncodedMessages> messages)
        {
            foreach (var message in messages)
            {
                Octets += message.Octets.Length;
            }

            return true;
        }
    }
}
