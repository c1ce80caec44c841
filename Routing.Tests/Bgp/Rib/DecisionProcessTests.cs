using CsCheck;
using Routing.Bgp.Rib;
using Routing.Bgp.Rib.Decision;
using Routing.Bgp.Rib.NextHops;
using Routing.Bgp.Rib.Tables;
using Routing.Bgp.Wire;
using Routing.Bgp.Wire.Iana;

namespace Routing.Tests.Bgp.Rib;

[TestFixture]
public sealed class DecisionProcessTests
{
    private static readonly SpeakerIdentity Own = new(65000, 1, 1);

    private static readonly Gen<(RouteModel Model, PathSource Source)> Paths = Gen.Select(
        Gen.Byte[0, 1],
        Gen.UInt[64501, 64503].Array[0, 2],
        Gen.UInt[0, 2],
        Gen.UInt[100, 101],
        Gen.UInt[1, 3].Nullable(),
        Gen.Int[0, 2],
        Gen.Enum<PathSourceKind>(),
        Gen.UInt[1, 24],
        (origin, path, med, localPref, originator, clusters, kind, identifier) => (
            new RouteModel
            {
                Origin = origin,
                AsPath = [.. path],
                Med = med,
                LocalPref = localPref,
                Originator = originator,
                Clusters = [.. Enumerable.Range(7, clusters).Select(value => (uint)value)],
                Aigp = identifier % 5 == 0 ? identifier : null,
                Communities = identifier > 20 ? [WellKnownCommunity.LongLivedStale] : [],
            },
            new PathSource(kind, identifier % 4, 0, IsClient: false, AigpCost: identifier % 7)));

    [Test]
    public void The_fast_process_agrees_with_the_reference_in_any_order_of_arrival() =>
        Gen.Select(Paths.Array[1, 8], Gen.Int[0, int.MaxValue]).Sample((paths, seed) =>
        {
            var mixed = seed % 2 == 0;
            var (best, multipath) = Fast(paths, [.. Enumerable.Range(0, paths.Length)], mixed);
            var candidates = Candidates(paths);
            Assert.That(best, Is.EqualTo(ReferenceDecisionProcess.Select(candidates).Best.Path));
            Assert.That(
                multipath, Is.EquivalentTo(ReferenceDecisionProcess.SelectMultipath(candidates, mixed).Select(c => c.Path)));

            int[] order = [.. Enumerable.Range(0, paths.Length)];
            new Random(seed).Shuffle(order);
            Assert.That(Fast(paths, order).Best, Is.EqualTo(best), "the order of arrival decides nothing");
        }, iter: 2000);

    [TestCase("local-pref 0", "stale", DecisionStep.NotLongLivedStale)]
    [TestCase("local-pref 200", "local-pref 100", DecisionStep.HigherLocalPref)]
    [TestCase("aigp 5", "aigp 6", DecisionStep.LowerAigp)]
    [TestCase("aigp 5", "path 0", DecisionStep.LowerAigp)]
    [TestCase("path 1", "path 2", DecisionStep.ShorterAsPath)]
    [TestCase("origin 0", "origin 2", DecisionStep.LowerOrigin)]
    [TestCase("med 0", "med 5", DecisionStep.LowerMed)]
    [TestCase("external", "internal", DecisionStep.ExternalOverInternal)]
    [TestCase("cost 1", "cost 2", DecisionStep.LowerInteriorCost)]
    [TestCase("id 1", "id 2", DecisionStep.LowerBgpIdentifier)]
    [TestCase("originator 1", "originator 2", DecisionStep.LowerBgpIdentifier)]
    [TestCase("clusters 0", "clusters 1", DecisionStep.ShorterClusterList)]
    [TestCase("address 1", "address 2", DecisionStep.LowerPeerAddress)]
    [TestCase("local", "external", DecisionStep.LocallyOriginated)]
    public void The_first_beats_the_second_at_the_step(string first, string second, DecisionStep step)
    {
        Candidate[] candidates = [Make(0, second), Make(1, first)];
        Assert.That(ReferenceDecisionProcess.Select(candidates), Is.EqualTo((candidates[1], step)));
        Assert.That(ReferenceDecisionProcess.Explain(candidates)[0], Is.EqualTo(step));
    }

    [Test]
    public void Meds_of_different_neighbours_are_not_compared()
    {
        // RFC 4271 §9.1.2.2 c. Pairwise comparison would give another answer for each order of arrival.
        Candidate[] candidates =
        [
            new(0, new(PathSourceKind.External, 3, 0, false), new() { NeighborAsn = 1, Med = 0 }),
            new(1, new(PathSourceKind.External, 1, 0, false), new() { NeighborAsn = 1, Med = 9 }),
            new(2, new(PathSourceKind.External, 2, 0, false), new() { NeighborAsn = 2, Med = 9 }),
        ];
        Assert.That(ReferenceDecisionProcess.Select(candidates).Best.Path, Is.EqualTo(2));
    }

    private static Candidate Make(int path, string what)
    {
        var (word, number) = (what.Split(' ')[0], what.Contains(' ') ? uint.Parse(what.Split(' ')[1]) : 0);
        var source = new PathSource(
            word switch { "internal" => PathSourceKind.Internal, "local" => PathSourceKind.Local, _ => PathSourceKind.External },
            word == "id" ? number : 0,
            word == "address" ? number : 0,
            IsClient: false);
        var inputs = new DecisionInputs
        {
            LocalPref = word == "local-pref" ? number : 100,
            AsPathLength = word == "path" ? (ushort)number : (ushort)0,
            Origin = word == "origin" ? (byte)number : (byte)0,
            Med = word == "med" ? number : 0,
            OriginatorId = word == "originator" ? number : 0,
            Traits = word == "originator" ? AttributeTraits.HasOriginatorId
                : word == "stale" ? AttributeTraits.LongLivedStale : 0,
            ClusterListLength = word == "clusters" ? (ushort)number : (ushort)0,
        };
        return new Candidate(path, source, inputs)
        {
            Aigp = word == "aigp" ? number : null,
            InteriorCost = word == "cost" ? number : 0,
        };
    }

    private static List<Candidate> Candidates((RouteModel Model, PathSource Source)[] paths) =>
        [.. paths.Select((path, i) => new Candidate(
            i, path.Source with { Address = (UInt128)i }, DecisionInputsReader.Read(path.Model.ToCanonical(AfiSafi.IPv4Unicast), Own))
        {
            Aigp = path.Model.Aigp + path.Source.AigpCost,
        })];

    private static (int Best, int[] Multipath) Fast((RouteModel Model, PathSource Source)[] paths, int[] order, bool mixed = false)
    {
        var (table, attributes, sources) = (new PathTable(), new AttributeTable(Own), new PathSources());
        var first = 0;
        var numbers = new Dictionary<int, int>();
        foreach (var i in order)
        {
            var canonical = paths[i].Model.ToCanonical(AfiSafi.IPv4Unicast);
            sources.Set(new PeerIndex((ushort)i), paths[i].Source with { Address = (UInt128)i });
            var entry = new PathEntry
            {
                Attributes = attributes.Intern(canonical, OctetHash.Compute(canonical)),
                Peer = (ushort)i,
                Next = first,
            };
            first = table.Add(entry, pathId: 0);
            numbers[first] = i;
        }

        var process = new DecisionProcess(table, attributes, sources, new NextHopTable(attributes, sources));
        return (numbers[process.SelectBest(first)], [.. process.SelectMultipath(first, mixed).ToArray().Select(path => numbers[path])]);
    }
}
