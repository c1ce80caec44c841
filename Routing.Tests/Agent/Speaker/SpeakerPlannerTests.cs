using System.Collections.Immutable;
using System.Net;
using System.Text.Json.Nodes;
using Routing.Agent.BgpConfig;
using Routing.Agent.Cluster;
using Routing.Agent.Speaker;
using Routing.Bgp.Wire.Nlri;
using Routing.Policy.Model;

namespace Routing.Tests.Agent.Speaker;

internal sealed class SpeakerPlannerTests
{
    private const string NodePeer = """{"node": "node-1", "peerIP": "172.30.1.1", "asNumber": 65000}""";

    [Test]
    public void A_node_speaks_with_the_peers_that_select_it_and_originates_its_pod_cidrs()
    {
        var plan = SpeakerPlanner.Plan("node-1", State(
            ("b-rack", """{"nodeSelector": "rack == \"a\"", "peerIP": "172.30.9.1", "asNumber": 65000}"""),
            ("c-other-rack", """{"nodeSelector": "rack == \"b\"", "peerIP": "172.30.8.1", "asNumber": 65000}"""),
            ("d-other-node", """{"node": "node-2", "peerIP": "172.30.7.1", "asNumber": 65000}"""),
            ("a-node", NodePeer)), restarting: true);
        Assert.That(plan.Problems, Is.Empty);
        var config = plan.Config!;
        Assert.That(config.Peers.Select(peer => peer.Name), Is.EqualTo(new[] { "a-node", "b-rack" }));
        Assert.That(config.Originate.Select(prefix => prefix.ToString()),
            Is.EqualTo(new[] { "10.1.0.0/26", "fd00:1::/64" }));
        Assert.That((config.Asn, config.RouterId, config.Restarting, config.MaximumPaths),
            Is.EqualTo((65001u, IPAddress.Parse("172.30.1.2"), true, 8)));
    }

    [TestCase("65007", "10.0.0.7", null, 65007u, "10.0.0.7")]
    [TestCase("4200000001", null, null, 4200000001u, "172.30.1.2")]
    [TestCase(null, null, """{"asNumber": 64999}""", 64999u, "172.30.1.2")]
    [TestCase("65007", null, """{"asNumber": 64999}""", 65007u, "172.30.1.2", TestName = "The node's own AS wins")]
    public void As_number_and_router_id(string? asn, string? routerId, string? configuration, uint expectedAsn,
        string expectedId)
    {
        var plan = SpeakerPlanner.Plan("node-1", State(asn, routerId, configuration), restarting: false);
        Assert.That(plan.Problems, Is.Empty);
        Assert.That((plan.Config!.Asn, plan.Config.RouterId.ToString()), Is.EqualTo((expectedAsn, expectedId)));
    }

    [TestCase(null, null, "Node node-1 has no AS number: annotate it with routing.dev/asn, or set spec.asNumber of the "
        + "BGPConfiguration 'default'")]
    [TestCase("0", null, "Node node-1: annotation routing.dev/asn: '0' is not allowed; allowed is an AS number, 1 to 4294967295")]
    [TestCase("65001 ", null, "Node node-1: annotation routing.dev/asn: '65001 ' is not allowed; allowed is an AS number, 1 to 4294967295")]
    [TestCase("65001", "0.0.0.0", "Node node-1: annotation routing.dev/router-id: '0.0.0.0' is not allowed; allowed are four "
        + "numbers with dots, as in 192.0.2.1, not all zero")]
    [TestCase("65001", "1", "Node node-1: annotation routing.dev/router-id: '1' is not allowed; allowed are four numbers with "
        + "dots, as in 192.0.2.1, not all zero")]
    public void What_keeps_a_node_from_speaking_is_told(string? asn, string? routerId, string problem)
    {
        var plan = SpeakerPlanner.Plan("node-1", State(asn, routerId, null), restarting: false);
        Assert.That(plan.Config, Is.Null);
        Assert.That(plan.Problems, Is.EqualTo(new[] { problem }));
    }

    [Test]
    public void An_unknown_node_has_no_plan() =>
        Assert.That(SpeakerPlanner.Plan("node-9", State("65001", null, null), restarting: false).Config, Is.Null);

    [Test]
    public void A_peer_of_a_filter_that_does_not_exist_is_left_out_and_told()
    {
        var plan = SpeakerPlanner.Plan("node-1", State(
            ("a", NodePeer),
            ("b", """{"peerIP": "172.30.2.1", "asNumber": 65000, "filters": ["nope"]}""")), restarting: false);
        Assert.That(plan.Config!.Peers.Select(peer => peer.Name), Is.EqualTo(new[] { "a" }));
        Assert.That(plan.Problems.Single(), Does.StartWith("BGPPeer b: spec.filters[0]: 'nope' is not allowed"));
    }

    [Test]
    public void Two_peers_of_one_address_are_a_mistake_of_the_later()
    {
        var plan = SpeakerPlanner.Plan("node-1", State(("a", NodePeer), ("b", NodePeer)), restarting: false);
        Assert.That(plan.Config!.Peers.Select(peer => peer.Name), Is.EqualTo(new[] { "a" }));
        Assert.That(plan.Problems.Single(),
            Is.EqualTo("BGPPeer b: spec.peerIP: '172.30.1.1' is BGPPeer a's; allowed is one "
            + "object per neighbour of a node"));
    }

    [Test]
    public void A_wrong_object_is_told_and_what_it_last_said_stays_in_force()
    {
        var right = Object("a", NodePeer, ReadPeer, null);
        var wrong = Object("a", """{"node": "node-1", "peerIP": "x", "asNumber": 65000}""", ReadPeer, right);
        var plan = SpeakerPlanner.Plan("node-1", State("65001", null, null) with { Peers = Of(wrong) },
            restarting: false);
        Assert.That(plan.Config!.Peers.Single().Address, Is.EqualTo(IPAddress.Parse("172.30.1.1")));
        Assert.That(plan.Problems.Single(), Does.StartWith("BGPPeer a: spec.peerIP: 'x' is not allowed"));
    }

    private static ClusterState State(params (string Name, string Spec)[] peers) =>
        State("65001", null, null) with
        {
            Peers = Of([.. peers.Select(peer => Object(peer.Name, peer.Spec, ReadPeer, null))]),
        };

    private static ClusterState State(string? asn, string? routerId, string? configuration)
    {
        var annotations = ImmutableDictionary<string, string>.Empty;
        annotations = asn is null ? annotations : annotations.Add(NodeAnnotations.Asn, asn);
        annotations = routerId is null ? annotations : annotations.Add(NodeAnnotations.RouterId, routerId);
        var node = new NodeRecord
        {
            Name = "node-1",
            Labels = ImmutableDictionary<string, string>.Empty.Add("rack", "a"),
            Annotations = annotations,
            PodCidrs = [Cidr("10.1.0.0/26"), Cidr("fd00:1::/64")],
            InternalAddresses = [IPAddress.Parse("fd00::2"), IPAddress.Parse("172.30.1.2")],
        };
        return new ClusterState
        {
            Nodes = ImmutableSortedDictionary<string, NodeRecord>.Empty.Add("node-1", node),
            Configurations = configuration is null ? Of<BgpConfiguration>()
                : Of(Object("default", configuration, BgpObjectReader.ReadConfiguration, null)),
            PeerGroups = Of<BgpPeerGroup>(),
            Peers = Of<BgpPeer>(),
            Filters = Of<BgpFilter>(),
        };
    }

    private static BgpPeer? ReadPeer(JsonObject source, out ImmutableArray<Problem> problems) =>
        BgpObjectReader.ReadPeer(source, ImmutableDictionary<string, BgpPeerGroup>.Empty, out problems);

    private static BgpObject<T> Object<T>(
        string name, string spec, Routing.Agent.KubeApi.BgpFeedTranslator.Reader<T> read, BgpObject<T>? before)
        where T : class => Routing.Agent.KubeApi.BgpFeedTranslator.Translate(
        new Routing.Agent.KubeApi.BgpPeerResource { Metadata = new() { Name = name }, Spec =
            JsonNode.Parse(spec)!.AsObject() },
        read, before);

    private static ImmutableSortedDictionary<string, BgpObject<T>> Of<T>(params BgpObject<T>[] objects)
        where T : class => objects.ToImmutableSortedDictionary(each => each.Name, each => each, StringComparer.Ordinal);

    private static Prefix Cidr(string text) => Prefix.FromNetwork(IPNetwork.Parse(text));
}
