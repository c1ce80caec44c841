using Routing.Bgp.Wire.Iana;

namespace Routing.Tests.Bgp.Rib;

/// <summary>RFC 4456 §6 and §8, a case a row.</summary>
[TestFixture]
public sealed class ReflectionTests
{
    private const string Prefix = "10.1.0.0/16";

    [TestCase("external", "external", true)]
    [TestCase("external", "client", true)]
    [TestCase("external", "non-client", true)]
    [TestCase("client", "external", true)]
    [TestCase("client", "client", true)]
    [TestCase("client", "non-client", true)]
    [TestCase("non-client", "external", true)]
    [TestCase("non-client", "client", true)]
    [TestCase("non-client", "non-client", false)]
    public void A_route_goes_from_one_to_the_other(string from, string to, bool expected)
    {
        var rib = new RibHarness();
        rib.Connect(1, from == "external", from == "client");
        var receiver = rib.Connect(2, to == "external", to == "client");
        rib.Announce(1, Model(1) with { LocalPref = from == "external" ? null : 100 }, Prefix);
        rib.Settle();
        Assert.That(receiver.Held.ContainsKey(RibHarness.Parse(Prefix)), Is.EqualTo(expected));
        Assert.That(rib.Outputs[1].Held, Is.Empty, "never back to where it came from");
    }

    [Test]
    public void A_reflected_route_names_its_originator_and_our_cluster_and_keeps_the_rest()
    {
        var rib = new RibHarness();
        rib.Connect(1, external: false, client: true);
        var receiver = rib.Connect(2, external: false);
        var sent = Model(1) with { LocalPref = 150, Med = 7, Communities = [(65000u << 16) | 1] };
        rib.Announce(1, sent, Prefix);
        rib.Settle();
        Assert.That(receiver.Held[RibHarness.Parse(Prefix)], Is.EqualTo(sent with
        {
            Originator = 0x0A000001,
            Clusters = [RibHarness.OwnId],
        }));
    }

    [Test]
    public void A_route_reflected_before_keeps_its_originator()
    {
        var rib = new RibHarness();
        rib.Connect(1, external: false, client: true);
        var receiver = rib.Connect(2, external: false, client: true);
        var sent = Model(1) with { LocalPref = 100, Originator = 99, Clusters = [7, 8] };
        rib.Announce(1, sent, Prefix);
        rib.Settle();
        Assert.That(receiver.Held[RibHarness.Parse(Prefix)], Is.EqualTo(sent with { Clusters = [RibHarness.OwnId, 7, 8] }));
    }

    [TestCase("our AS", TestName = "RFC 4271 §9.1.2: our AS in AS_PATH")]
    [TestCase("our originator id", TestName = "RFC 4456 §8: our ORIGINATOR_ID")]
    [TestCase("our cluster", TestName = "RFC 4456 §8: our cluster in CLUSTER_LIST")]
    [TestCase("our next hop", TestName = "RFC 4271 §5.1.3: our address as next hop")]
    public void A_loop_is_no_candidate(string what)
    {
        var rib = new RibHarness();
        rib.Connect(1, external: false, client: true);
        var receiver = rib.Connect(2, external: false, client: true);
        rib.Announce(1, what switch
        {
            "our AS" => Model(1) with { AsPath = [64501, RibHarness.OwnAsn] },
            "our originator id" => Model(1) with { Originator = RibHarness.OwnId },
            "our cluster" => Model(1) with { Clusters = [5, RibHarness.OwnId] },
            _ => Model(1) with { NextHop = 0x0A0000FE },
        }, Prefix);
        rib.Settle();
        Assert.That(receiver.Held, Is.Empty);
        var held = rib.Rib[AfiSafi.IPv4Unicast].In(RibHarness.Index(1));
        Assert.That((held.Received, held.Accepted), Is.EqualTo((1, 0)));
    }

    [TestCase(0xFFFFFF01u, false, true, TestName = "NO_EXPORT stays in the AS")]
    [TestCase(0xFFFFFF02u, false, false, TestName = "NO_ADVERTISE goes nowhere")]
    [TestCase(0xFFFFFF03u, false, true, TestName = "NO_EXPORT_SUBCONFED stays in the AS")]
    [TestCase(0xFDE80001u, true, true, TestName = "An ordinary community goes everywhere")]
    public void Well_known_communities_are_honoured(uint community, bool external, bool @internal)
    {
        var rib = new RibHarness();
        rib.Connect(1);
        var outside = rib.Connect(2);
        var inside = rib.Connect(3, external: false);
        rib.Announce(1, Model(1) with { Communities = [community] }, Prefix);
        rib.Settle();
        Assert.That((outside.Held.Count == 1, inside.Held.Count == 1), Is.EqualTo((external, @internal)));
    }

    private static RouteModel Model(int peer) => new() { AsPath = [64501], NextHop = RibHarness.NextHopOf(peer) };
}
