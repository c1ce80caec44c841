using Routing.Bgp.Rib.Import;
using Routing.Bgp.Rib.Inbox;
using Routing.Bgp.Rib.Tables;
using Routing.Bgp.RoutePolicy;
using Routing.Bgp.RoutePolicy.Sets;
using Routing.Bgp.Wire.Iana;
using Routing.Tests.Bgp.Wire;

namespace Routing.Tests.Bgp.Rib;

/// <summary>What becomes of attributes on the way in: octets in, octets and flags out, a row a rule. We are AS 65000; peer 1 is
/// AS 64501.</summary>
[TestFixture]
internal sealed class ImportStageTests
{
    private const string Start = "400101 00 400206 0201 0000FBF5 400304 0A000001 ";
    private const string GracefulShutdown = "C00804 FFFF0000 ";
    private const string Blackhole = "C00804 FFFF029A ";

    private static readonly ImportProfile Plain = new();

    private static readonly Dictionary<string, ImportProfile> Profiles = new()
    {
        ["plain"] = Plain,
        ["ignores shutdown"] = Plain with { HonoursGracefulShutdown = false },
        ["blackhole"] = Plain with { HonoursBlackhole = true },
        ["no policy"] = Plain with { LacksPolicy = true },
        ["own AS twice"] = Plain with { AllowedOwnAsns = 2 },
        ["local-as"] = Plain with { LocalAsn = 65100, PrependsLocalAsn = true },
        ["local-as no-prepend"] = Plain with { LocalAsn = 65100 },
        ["from a provider"] = Plain with { Role = PeerRole.Customer },
        ["from a peer"] = Plain with { Role = PeerRole.Peer },
        ["from a customer"] = Plain with { Role = PeerRole.Provider },
        ["from a route server"] = Plain with { Role = PeerRole.RouteServerClient },
        ["from a client"] = Plain with { Role = PeerRole.RouteServer },
    };

    [TestCase("plain", Start, Start, PathFlags.None, TestName = "Most sets stay as they are")]
    [TestCase("no policy", Start, Start, PathFlags.NoPolicy, TestName = "Another AS without a policy, RFC 8212 §2")]
    [TestCase("plain", Start + GracefulShutdown, Start + "400504 00000000" + GracefulShutdown, PathFlags.None,
        TestName = "GRACEFUL_SHUTDOWN is the last choice, RFC 8326 §4.1")]
    [TestCase("ignores shutdown", Start + GracefulShutdown, Start + GracefulShutdown, PathFlags.None,
        TestName = "Unless it is not honoured")]
    [TestCase("blackhole", Start + Blackhole, Start + "C00808 FFFF029A FFFFFF01", PathFlags.None,
        TestName = "BLACKHOLE stays here, RFC 7999 §3.2")]
    [TestCase("blackhole", Start + "C00808 FFFF029A FFFFFF02", Start + "C00808 FFFF029A FFFFFF02", PathFlags.None,
        TestName = "BLACKHOLE with NO_ADVERTISE stays as it is")]
    [TestCase("plain", Start + Blackhole, Start + Blackhole, PathFlags.None, TestName = "BLACKHOLE that is not honoured")]
    [TestCase("local-as", Start, "400101 00 40020A 0202 0000FE4C 0000FBF5 400304 0A000001", PathFlags.None,
        TestName = "local-as comes in front")]
    [TestCase("local-as no-prepend", Start, Start, PathFlags.None, TestName = "local-as no-prepend")]
    [TestCase("local-as no-prepend", "400101 00 40020A 0202 0000FBF5 0000FE4C 400304 0A000001",
        "400101 00 40020A 0202 0000FBF5 0000FE4C 400304 0A000001", PathFlags.AsLoop, TestName = "The local AS is a loop too")]
    [TestCase("plain", "400101 00 40020A 0202 0000FBF5 0000FDE8 400304 0A000001",
        "400101 00 40020A 0202 0000FBF5 0000FDE8 400304 0A000001", PathFlags.AsLoop, TestName = "Our AS is a loop, RFC 4271 §9.1.2")]
    [TestCase("own AS twice", "400101 00 40020E 0203 0000FBF5 0000FDE8 0000FDE8 400304 0A000001",
        "400101 00 40020E 0203 0000FBF5 0000FDE8 0000FDE8 400304 0A000001", PathFlags.None, TestName = "allow-own-as 2, twice")]
    [TestCase("own AS twice", "400101 00 400212 0204 0000FBF5 0000FDE8 0000FDE8 0000FDE8 400304 0A000001",
        "400101 00 400212 0204 0000FBF5 0000FDE8 0000FDE8 0000FDE8 400304 0A000001", PathFlags.AsLoop,
        TestName = "allow-own-as 2, three times")]
    [TestCase("from a provider", Start, Start + "C02304 0000FBF5", PathFlags.None, TestName = "RFC 9234 §5 ingress 3, provider")]
    [TestCase("from a peer", Start, Start + "C02304 0000FBF5", PathFlags.None, TestName = "RFC 9234 §5 ingress 3, peer")]
    [TestCase("from a route server", Start, Start + "C02304 0000FBF5", PathFlags.None,
        TestName = "RFC 9234 §5 ingress 3, route server")]
    [TestCase("from a customer", Start, Start, PathFlags.None, TestName = "A customer's routes go to everybody")]
    [TestCase("from a customer", Start + "C02304 00000D1C", Start + "C02304 00000D1C", PathFlags.RouteLeak,
        TestName = "RFC 9234 §5 ingress 1, customer")]
    [TestCase("from a client", Start + "C02304 0000FBF5", Start + "C02304 0000FBF5", PathFlags.RouteLeak,
        TestName = "RFC 9234 §5 ingress 1, client")]
    [TestCase("from a peer", Start + "C02304 00000D1C", Start + "C02304 00000D1C", PathFlags.RouteLeak,
        TestName = "RFC 9234 §5 ingress 2, another AS")]
    [TestCase("from a peer", Start + "C02304 0000FBF5", Start + "C02304 0000FBF5", PathFlags.None,
        TestName = "RFC 9234 §5 ingress 2, its own AS")]
    [TestCase("from a provider", Start + "C02304 00000D1C", Start + "C02304 00000D1C", PathFlags.None,
        TestName = "A provider may have marked it")]
    public void Attributes_become(string profile, string received, string effective, PathFlags flags)
    {
        var rib = Connect(Profiles[profile]);
        rib.Send(1, UpdateEntryKind.Announce, AfiSafi.IPv4Unicast, Hex.Parse(received), [RibHarness.Parse("10.0.0.0/8")]);
        var path = PathOf(rib, "10.0.0.0/8");
        Assert.Multiple(() =>
        {
            Assert.That(OctetsOf(rib, rib.Tables.Paths[path].Attributes), Is.EqualTo(Canonical(effective)));
            Assert.That(OctetsOf(rib, rib.Tables.Paths.ReceivedOf(path)), Is.EqualTo(Canonical(received)), "as received");
            Assert.That(rib.Tables.Paths[path].Flags, Is.EqualTo(flags));
        });
    }

    [Test]
    public void A_changed_profile_judges_again_what_is_held()
    {
        var rib = Connect(Plain);
        rib.Send(
            1, UpdateEntryKind.Announce, AfiSafi.IPv4Unicast, Hex.Parse(Start + GracefulShutdown), [RibHarness.Parse("10.0.0.0/8")]);
        rib.Rib.ChangePeer(RibHarness.Index(1), RibHarness.Config(1) with { ImportProfile = Profiles["ignores shutdown"] });
        Assert.That(LocalPref(rib), Is.EqualTo(100));
        rib.Rib.ChangePeer(RibHarness.Index(1), RibHarness.Config(1));
        Assert.That(LocalPref(rib), Is.Zero);
    }

    [Test]
    public void No_policy_undoes_a_graceful_shutdown()
    {
        var preferred = new RouteFilter(new[]
        {
            new RouteRule { Action = RuleAction.Accept, Operations = [new RouteOperation.SetLocalPref(200)] },
        }.ToSequence());
        var rib = new RibHarness();
        rib.Add(1, import: preferred);
        rib.Up(1);
        rib.Send(
            1, UpdateEntryKind.Announce, AfiSafi.IPv4Unicast, Hex.Parse(Start + GracefulShutdown), [RibHarness.Parse("10.0.0.0/8")]);
        Assert.That(LocalPref(rib), Is.Zero);
        rib.Send(1, UpdateEntryKind.Announce, AfiSafi.IPv4Unicast, Hex.Parse(Start), [RibHarness.Parse("10.0.0.0/8")]);
        Assert.That(LocalPref(rib), Is.EqualTo(200));
    }

    [TestCase("10.1.2.3/32", Blackhole, PathFlags.None, TestName = "A host inside what the peer may announce, RFC 7999 §3.3")]
    [TestCase("10.9.2.3/32", Blackhole, PathFlags.Filtered, TestName = "A host elsewhere")]
    [TestCase("10.1.2.3/32", "", PathFlags.Filtered, TestName = "A host without BLACKHOLE")]
    [TestCase("10.1.2.0/24", Blackhole, PathFlags.None, TestName = "A prefix of ordinary length")]
    public void Blackhole_routes_are_accepted_though_long(string prefix, string community, PathFlags flags)
    {
        var filter = new RouteFilter(new[]
        {
            new RouteRule
            {
                Action = RuleAction.Accept,
                Match = new RouteMatch { Prefix = new PrefixCondition([new PrefixRange(RibHarness.Parse("10.1.0.0/16"), 16, 24)]) },
            },
            new RouteRule { Action = RuleAction.Reject },
        }.ToSequence());
        var rib = new RibHarness();
        rib.Rib.AddPeer(RibHarness.Index(1), RibHarness.Config(1, import: filter) with { ImportProfile = Profiles["blackhole"] });
        rib.Up(1);
        rib.Send(1, UpdateEntryKind.Announce, AfiSafi.IPv4Unicast, Hex.Parse(Start + community), [RibHarness.Parse(prefix)]);
        Assert.That(rib.Tables.Paths[PathOf(rib, prefix)].Flags, Is.EqualTo(flags));
    }

    [Test]
    public void A_confederation_finds_its_loops_by_identifier_and_by_member() // RFC 5065 §4
    {
        var own = new SpeakerIdentity(65000, 1, 1, ConfederationId: 100);
        Assert.Multiple(() =>
        {
            Assert.That(Count("0301 0000FDE8"), Is.EqualTo(1), "our member AS in a sequence of the confederation");
            Assert.That(Count("0201 0000FDE8"), Is.Zero, "the same number outside is another AS");
            Assert.That(Count("0301 0000FDE7 0201 00000064"), Is.EqualTo(1), "the identifier outside");
            Assert.That(Count("0301 00000064"), Is.Zero, "a member may have the identifier's number");
        });

        int Count(string path)
        {
            var value = Hex.Parse(path);
            byte[] attributes = [0x40, 2, (byte)value.Length, .. value];
            return DecisionInputsReader.Read(attributes, own).OwnAsCount;
        }
    }

    private static RibHarness Connect(ImportProfile profile)
    {
        var rib = new RibHarness();
        rib.Rib.AddPeer(RibHarness.Index(1), RibHarness.Config(1) with { ImportProfile = profile });
        rib.Up(1);
        return rib;
    }

    private static int PathOf(RibHarness rib, string prefix)
    {
        var locRib = rib.Tables[AfiSafi.IPv4Unicast].LocRib;
        return locRib.FirstPathOf(locRib.Prefixes.Find(RibHarness.Parse(prefix)), RibHarness.Index(1));
    }

    private static uint LocalPref(RibHarness rib) =>
        rib.Tables.Attributes.Inputs(rib.Tables.Paths[PathOf(rib, "10.0.0.0/8")].Attributes).LocalPref;

    private static string OctetsOf(RibHarness rib, int set) => Convert.ToHexString(rib.Tables.Attributes.Octets(set));

    private static string Canonical(string hex) => Convert.ToHexString(Hex.Parse(hex));
}
