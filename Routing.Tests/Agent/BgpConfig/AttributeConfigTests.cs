using Routing.Agent.BgpConfig;
using Routing.Bgp.Rib.Decision;
using Routing.Bgp.Rib.Export;
using Routing.Bgp.Speaker;
using Routing.Bgp.Wire.Attributes;
using Routing.Bgp.Wire.Iana;

namespace Routing.Tests.Agent.BgpConfig;

/// <summary>What a file says of AS numbers, attributes and roles, and what it means for a neighbour.</summary>
[TestFixture]
internal sealed class AttributeConfigTests
{
    private string _path = "";

    [SetUp]
    public void MakeFile() => _path = Path.GetTempFileName();

    [TearDown]
    public void RemoveFile() => File.Delete(_path);

    [Test]
    public void Every_field_is_read()
    {
        var config = Config(
            "confederation: {identifier: 100, members: [65101, 65102]}, ebgpRequiresPolicy: true",
            """
            asNumber: 300, localASNumber: 65100, localASOptions: [NoPrepend, ReplaceAS, DualAS], removePrivateAS: All,
            replacePrivateAS: true, asOverride: true, numAllowedLocalASNumbers: 3, enforceFirstAS: false, acceptASSets: true,
            nextHopMode: Keep, sendCommunities: [standard, large], aigp: true, aigpCost: 7, acceptGracefulShutdown: false,
            acceptBlackhole: true, maxUnknownAttributes: 4, role: RouteServer, strictRole: true, routeServerClient: true
            """);
        var peer = config.Peers.Single();
        Assert.Multiple(() =>
        {
            Assert.That(config.Confederation, Is.EqualTo(new ConfederationOptions(100, [65101, 65102])));
            Assert.That(config.ExternalRequiresPolicy);
            Assert.That(peer.AsPath, Is.EqualTo(new AsPathOptions
            {
                LocalAs = new LocalAsOptions(65100) { NoPrepend = true, ReplaceAs = true, DualAs = true },
                RemovePrivateAs = PrivateAsScope.All,
                ReplacePrivateAs = true,
                AsOverride = true,
                AllowedOwnAsns = 3,
                EnforceFirstAs = false,
                AcceptAsSets = true,
                MaximumLength = peer.AsPath.MaximumLength,
            }));
            Assert.That(peer.Attributes, Is.EqualTo(new AttributeOptions
            {
                NextHop = NextHopMode.Keep,
                SendCommunities = SentCommunities.Standard | SentCommunities.Large,
                Aigp = true,
                AigpCost = 7,
                HonourGracefulShutdown = false,
                HonourBlackhole = true,
                MaximumUnknownAttributes = 4,
            }));
            Assert.That(peer.Relation, Is.EqualTo(new RelationOptions
            {
                Role = PeerRole.RouteServer, StrictRole = true, RouteServerClient = true,
            }));
        });
    }

    [TestCase("asNumber: 300", PathSourceKind.External, 100u, 100u, TestName = "Outside, we are the confederation")]
    [TestCase("asNumber: 65102", PathSourceKind.Confederation, 65000u, 0u, TestName = "To another member, our member AS")]
    [TestCase("asNumber: 65000", PathSourceKind.Internal, 65000u, 0u, TestName = "Inside, our member AS")]
    [TestCase("asNumber: 300, localASNumber: 7", PathSourceKind.External, 7u, 7u, TestName = "A local-as goes before")]
    public void A_neighbour_knows_us_by(string peer, PathSourceKind kind, uint asn, uint prepended)
    {
        var config = Config("confederation: {identifier: 100, members: [65102]}", peer);
        var export = PeerProfiles.Export(config, config.Peers.Single());
        Assert.That(
            (export.Kind, PeerProfiles.LocalAsn(config, config.Peers.Single()), export.PrependedAsn),
            Is.EqualTo((kind, asn, prepended)));
    }

    [TestCase("asNumber: 300", true, true)]
    [TestCase("asNumber: 65000", false, false)]
    public void A_policy_is_required_of_other_ases_alone(string peer, bool import, bool export) // RFC 8212 §2
    {
        var config = Config("ebgpRequiresPolicy: true", peer);
        Assert.That(PeerProfiles.Import(config, config.Peers.Single()).LacksPolicy, Is.EqualTo(import));
        Assert.That(PeerProfiles.Export(config, config.Peers.Single()).LacksPolicy, Is.EqualTo(export));
    }

    [TestCase("localASNumber: 300", "spec.localASNumber: '300' is not allowed; an AS number other than the neighbour's own")]
    [TestCase("localASOptions: [DualAS]", "nothing without localASNumber")]
    [TestCase("localASNumber: 7, localASOptions: [Dual]", "spec.localASOptions[0]: 'Dual' is not allowed; one of NoPrepend, ReplaceAS, DualAS")]
    [TestCase("removePrivateAS: all", "one of None, OnlyPrivatePaths, All")]
    [TestCase("numAllowedLocalASNumbers: 300", "a whole number from 0 to 254")]
    [TestCase("nextHopMode: self", "one of Auto, Self, Keep")]
    [TestCase("nextHopMode: Self, keepOriginalNextHop: true", "false, or leave it out, beside nextHopMode: Self")]
    [TestCase("sendCommunities: [wide]", "spec.sendCommunities[0]: 'wide' is not allowed; standard or extended or large")]
    [TestCase("role: Boss", "one of Provider, RouteServer, RouteServerClient, Customer, Peer")]
    [TestCase("strictRole: true", "nothing without role")]
    [TestCase("role: Peer, routeServerClient: true", "RouteServer towards a routeServerClient")]
    public void What_cannot_be_is_named_with_what_can(string fields, string message) =>
        Assert.That(Errors("", "asNumber: 300, " + fields), Has.Some.Contains(message));

    [TestCase("confederation: {members: [1]}", "spec.confederation.identifier: missing")]
    [TestCase("confederation: {identifier: 1, members: [1]}", "an AS number that is no member's")]
    [TestCase("confederation: {identifier: 1, members: [0]}", "spec.confederation.members[0]: '0' is not allowed; an AS number, 1 to")]
    public void A_confederation_that_cannot_be_is_refused(string fields, string message) =>
        Assert.That(Errors(fields, "asNumber: 300"), Has.Some.Contains(message));

    private SpeakerConfig Config(string configuration, string peer)
    {
        var file = Read(configuration, peer);
        Assert.That(file.Errors, Is.Empty);
        return file.Config!;
    }

    private IEnumerable<string> Errors(string configuration, string peer) =>
        Read(configuration, peer).Errors.Select(error => error.ToString());

    private SpeakerFile Read(string configuration, string peer)
    {
        File.WriteAllText(_path, $$"""
            apiVersion: routing.dev/v1alpha1
            kind: BGPConfiguration
            metadata: {name: default}
            spec: {asNumber: 65000, routerID: 127.0.0.1, {{configuration}}}
            ---
            apiVersion: routing.dev/v1alpha1
            kind: BGPPeer
            metadata: {name: a}
            spec: {peerIP: 192.0.2.1, {{peer.ReplaceLineEndings(" ")}}}
            """);
        return SpeakerFile.Read(_path);
    }
}
