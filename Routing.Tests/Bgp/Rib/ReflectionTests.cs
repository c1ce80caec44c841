using Routing.Bgp.Rib;
using Routing.Bgp.Wire.Iana;

namespace Routing.Tests.Bgp.Rib;

/// <summary>RFC 4456 §6 and §8, a case a row.</summary>
[TestFixture]
internal sealed class ReflectionTests
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

    [TestCase(0u, 0u, false, TestName = "Clients of one cluster that are fully meshed (RFC 4456 §6)")]
    [TestCase(99u, 0u, true, TestName = "Clients of two clusters are not meshed with each other")]
    [TestCase(99u, 99u, false)]
    public void Reflection_between_clients_can_be_left_out(uint from, uint to, bool expected)
    {
        var rib = new RibHarness();
        rib.Rib.AddPeer(RibHarness.Index(1), Client(1, from, meshed: true));
        rib.Rib.AddPeer(RibHarness.Index(2), Client(2, to, meshed: true));
        rib.Up(1);
        var receiver = rib.Up(2);
        var outside = rib.Connect(3, external: false);
        rib.Announce(1, Model(1) with { LocalPref = 100 }, Prefix);
        rib.Settle();
        Assert.That(receiver.Held, Has.Count.EqualTo(expected ? 1 : 0));
        Assert.That(outside.Held, Has.Count.EqualTo(1), "non-clients need it");
    }

    [TestCase(1, 3, 99u, TestName = "From a client: its cluster")]
    [TestCase(3, 1, 99u, TestName = "To a client: its cluster")]
    [TestCase(2, 3, RibHarness.OwnId, TestName = "A client without a cluster of its own is in ours")]
    public void The_cluster_of_the_client_is_put_in_front(int from, int to, uint cluster)
    {
        // RFC 4456 §7, §8.
        var rib = new RibHarness();
        rib.Rib.AddPeer(RibHarness.Index(1), Client(1, 99));
        rib.Rib.AddPeer(RibHarness.Index(2), Client(2, 0));
        rib.Add(3, external: false);
        for (var peer = 1; peer <= 3; peer++)
        {
            rib.Up(peer);
        }

        rib.Announce(from, Model(from) with { LocalPref = 100 }, Prefix);
        rib.Settle();
        Assert.That(rib.Outputs[to].Held[RibHarness.Parse(Prefix)].Clusters, Is.EqualTo(new[] { cluster }));
    }

    [Test]
    public void Any_cluster_we_serve_in_CLUSTER_LIST_is_a_loop()
    {
        var rib = new RibHarness();
        rib.Connect(1, external: false, client: true);
        var receiver = rib.Connect(2, external: false);
        rib.Announce(1, Model(1) with { LocalPref = 100, Clusters = [7, 99] }, Prefix);
        rib.Settle();
        Assert.That(receiver.Held, Is.Empty);
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
        var held = rib.Tables[AfiSafi.IPv4Unicast].In(RibHarness.Index(1));
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

    private static RibPeerConfig Client(int number, uint cluster, bool meshed = false)
    {
        var config = RibHarness.Config(number, external: false, client: true);
        return config with
        {
            ExportProfile = config.ExportProfile with { ClusterId = cluster, ClientsAreMeshed = meshed },
        };
    }
}
