using System.Collections.Immutable;
using System.Text.Json.Nodes;
using Routing.Agent.BgpConfig;
using Routing.Agent.Cluster;
using Routing.Agent.KubeApi;
using Routing.Agent.Manifests;

namespace Routing.Tests.Agent.BgpConfig;

/// <summary>BGPPeerGroup: what peers have in common.</summary>
[TestFixture]
internal sealed class PeerGroupTests
{
    private string _path = "";

    [SetUp]
    public void MakeFile() => _path = Path.GetTempFileName();

    [TearDown]
    public void RemoveFile() => File.Delete(_path);

    [Test]
    public void A_peer_s_own_fields_win_over_its_group_s_wherever_the_group_stands()
    {
        var file = Read(
            Peer("a", "{peerIP: 192.0.2.1, peerGroup: tor, holdTime: 9s, families: [ipv6]}"),
            Group("tor", "{asNumber: 65001, holdTime: 3s, families: [ipv4, ipv6], passive: true}"),
            Peer("b", "{peerIP: 192.0.2.2, peerGroup: tor, asNumber: 65002, passive: false}"));
        Assert.That(file.Errors, Is.Empty);
        var (a, b) = (file.Config!.Peers[0], file.Config.Peers[1]);
        Assert.That((a.Asn, a.Timers.HoldTime.TotalSeconds, a.Families.Length, a.Transport.Passive),
            Is.EqualTo((65001u, 9.0, 1, true)));
        Assert.That((b.Asn, b.Timers.HoldTime.TotalSeconds, b.Families.Length, b.Transport.Passive),
            Is.EqualTo((65002u, 3.0, 2, false)));
    }

    [Test]
    public void A_group_that_does_not_exist_is_named_with_its_line_and_what_exists()
    {
        var file = Read(
            Group("tor", "{asNumber: 65001}"),
            Group("spine", "{asNumber: 65001}"),
            Peer("a", "\n  peerIP: 192.0.2.1\n  peerGroup: tors"));
        Assert.That(Messages(file), Is.EqualTo(new[]
        {
            ":21: BGPPeer a: spec.peerGroup: 'tors' is not allowed; the name of a BGPPeerGroup: spine, tor",
        }));
    }

    [Test]
    public void What_is_wrong_with_a_group_is_told_once_and_there()
    {
        var file = Read(
            Group("tor", "{asNumber: 0, holdTime: 2s, peerIP: 192.0.2.9}"),
            Peer("a", "{peerIP: 192.0.2.1, peerGroup: tor}"),
            Peer("b", "{peerIP: 192.0.2.2, peerGroup: tor}"));
        Assert.That(Messages(file), Has.Length.EqualTo(3).And.All.StartWith(":9: BGPPeerGroup tor: spec."));
    }

    [Test]
    public void What_does_not_go_with_the_group_s_fields_is_the_peer_s_mistake()
    {
        var file = Read(
            Group("tor", "{asNumber: 65001, sourceAddress: '2001:db8::1'}"),
            Peer("a", "{peerIP: 192.0.2.1, peerGroup: tor}"));
        Assert.That(Messages(file).Single(), Does.StartWith(":14: BGPPeer a: spec.sourceAddress: '2001:db8::1'"));
    }

    [Test]
    public void In_a_cluster_a_changed_group_changes_its_peers_and_no_others()
    {
        var empty = ClusterState.Unknown with { PeerDocuments = Of(Document("a", "tor"), Document("b", "spine")) };
        Assert.That(PeerFeed.Reread(ClusterState.Unknown, empty).Peers, Is.Null, "groups are not known yet");

        var first = PeerFeed.Reread(empty, empty with { PeerGroups = Of(GroupObject("tor", 1), GroupObject("spine", 2)) });
        Assert.That(first.Peers!.Values.Select(peer => peer.Value!.Asn), Is.EqualTo(new[] { 1u, 2u }));

        var second = PeerFeed.Reread(
            first, first with { PeerGroups = first.PeerGroups!.SetItem("tor", GroupObject("tor", 3)) });
        Assert.That(second.Peers!["a"].Value!.Asn, Is.EqualTo(3));
        Assert.That(second.Peers["b"], Is.SameAs(first.Peers["b"]));

        var third = PeerFeed.Reread(second, second with { PeerGroups = second.PeerGroups!.Remove("tor") });
        Assert.That(third.Peers!["a"].Value!.Asn, Is.EqualTo(3), "what it last said properly stays in force");
        Assert.That(third.Peers["a"].Problems.Single().Field, Is.EqualTo("spec.peerGroup"));
    }

    [Test]
    public void The_definition_of_a_group_has_every_field_of_a_peer_but_the_address()
    {
        string[] own = ["peerIP", "peerRange", "peerGroup"];
        var (peer, group) = (Properties("bgppeers"), Properties("bgppeergroups"));
        Assert.That(group.Select(field => field.Key), Is.EqualTo(peer.Select(field => field.Key).Except(own)));
        foreach (var (name, field) in group)
        {
            Assert.That(field!.ToJsonString(), Is.EqualTo(peer[name]!.ToJsonString()), name);
        }
    }

    private static JsonObject Properties(string plural)
    {
        var path = Repository.PathOf($"charts/routing/crds/{plural}.yaml");
        var definition = ManifestReader.Read([path]).Manifests.Single().Json;
        return definition["spec"]!["versions"]![0]!["schema"]!["openAPIV3Schema"]!["properties"]!["spec"]!["properties"]!.AsObject();
    }

    private static BgpDocument Document(string name, string group) => BgpFeedTranslator.ToDocument(new BgpPeerResource
    {
        Metadata = new() { Name = name },
        Spec = new JsonObject { ["peerIP"] = "192.0.2.1", ["peerGroup"] = group },
    });

    private static BgpObject<BgpPeerGroup> GroupObject(string name, int asn) => BgpFeedTranslator.Translate(
        new BgpPeerGroupResource { Metadata = new() { Name = name }, Spec = new JsonObject { ["asNumber"] = asn } },
        BgpObjectReader.ReadPeerGroup,
        null);

    private static ImmutableSortedDictionary<string, BgpDocument> Of(params BgpDocument[] documents) =>
        documents.ToImmutableSortedDictionary(each => each.Name, each => each, StringComparer.Ordinal);

    private static ImmutableSortedDictionary<string, BgpObject<T>> Of<T>(params BgpObject<T>[] objects)
        where T : class => objects.ToImmutableSortedDictionary(each => each.Name, each => each, StringComparer.Ordinal);

    private static string Group(string name, string spec) => Document(BgpKinds.PeerGroup, name, spec);

    private static string Peer(string name, string spec) => Document(BgpKinds.Peer, name, spec);

    private static string Document(string kind, string name, string spec) => $$"""

        ---
        apiVersion: routing.dev/v1alpha1
        kind: {{kind}}
        metadata: {name: {{name}}}
        spec: {{spec}}
        """;

    private string[] Messages(SpeakerFile file) => [.. file.Errors.Select(error => error.ToString()[_path.Length..])];

    private SpeakerFile Read(params string[] documents)
    {
        File.WriteAllText(_path, """
            apiVersion: routing.dev/v1alpha1
            kind: BGPConfiguration
            metadata: {name: default}
            spec: {asNumber: 65000, routerID: 127.0.0.1}
            """ + string.Concat(documents));
        return SpeakerFile.Read(_path);
    }
}
