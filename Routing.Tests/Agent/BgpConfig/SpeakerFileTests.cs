using System.Net;
using Routing.Agent.BgpConfig;
using Routing.Bgp.Wire.Iana;
using Routing.Bgp.Wire.Nlri;
using Routing.Tests.Bgp.RoutePolicy;

namespace Routing.Tests.Agent.BgpConfig;

/// <summary>The configuration of a stand-alone speaker (DESIGN.md §9).</summary>
[TestFixture]
internal sealed class SpeakerFileTests
{
    private const string Configuration = """
        apiVersion: routing.dev/v1alpha1
        kind: BGPConfiguration
        metadata: {name: default}
        spec: {asNumber: 65000, routerID: 127.0.0.1}
        """;

    private string _path = "";

    [SetUp]
    public void MakeFile() => _path = Path.GetTempFileName();

    [TearDown]
    public void RemoveFile() => File.Delete(_path);

    [Test]
    public void The_example_of_the_design_is_read_whole()
    {
        var file = Read("""
            apiVersion: routing.dev/v1alpha1
            kind: BGPConfiguration
            metadata: {name: default}
            spec:
              asNumber: 65000
              routerID: 127.0.0.1
              listenAddresses: [127.0.0.1]
              listenPort: 1790
              clusterID: 10.0.0.1
              installRoutes: true
              originate: [{prefix: 10.1.0.0/26}]
            ---
            apiVersion: routing.dev/v1alpha1
            kind: BGPPeer
            metadata: {name: tor-1}
            spec:
              peerIP: 127.0.0.2
              peerPort: 1179
              asNumber: 65001
              passive: true
              routeReflectorClient: false
              families: [ipv4]
              holdTime: 1m30s
              filters: [from-tor]
            ---
            apiVersion: routing.dev/v1alpha1
            kind: BGPPeer
            metadata: {name: rack}
            spec: {peerRange: 10.0.0.0/24, asNumber: 65002}
            ---
            apiVersion: routing.dev/v1alpha1
            kind: BGPFilter
            metadata: {name: from-tor}
            spec:
              importV4: [{action: Accept, matchOperator: In, cidr: 10.0.0.0/8, prefixLength: {min: 16, max: 28}}, {action: Reject}]
              exportV4: [{action: Reject, matchOperator: Equal, cidr: 0.0.0.0/0}]
            """);
        Assert.That(file.Errors, Is.Empty);
        Assert.That(file.InstallRoutes);
        var config = file.Config!;
        Assert.That(config.ListenEndpoints, Is.EqualTo(new[] { IPEndPoint.Parse("127.0.0.1:1790") }));
        Assert.That(config.ClusterId, Is.EqualTo(IPAddress.Parse("10.0.0.1")));
        Assert.That(config.Originate, Is.EqualTo(new[] { P("10.1.0.0/26") }));
        var tor = config.Peers[0];
        Assert.That(
            (tor.Transport.Port, tor.Transport.Passive, tor.Timers.HoldTime.TotalSeconds), Is.EqualTo((1179, true, 90.0)));
        Assert.That(tor.Families, Is.EqualTo(new[] { AfiSafi.IPv4Unicast }));
        Assert.That(config.Peers[1].AddressRange, Is.EqualTo(IPNetwork.Parse("10.0.0.0/24")));

        Assert.That(tor.Import.Accepts(P("10.1.0.0/16")));
        Assert.That(tor.Import.Accepts(P("10.1.0.0/29")), Is.False, "too long");
        Assert.That(tor.Import.Accepts(P("192.0.2.0/24")), Is.False, "elsewhere");
        Assert.That(tor.Import.Accepts(P("2001:db8::/32")), "rules of one family say nothing of the other");
        Assert.That(tor.Export.Accepts(P("0.0.0.0/0")), Is.False);
        Assert.That(tor.Export.Accepts(P("10.0.0.0/8")), "what no rule matches is accepted");
    }

    [Test]
    public void All_errors_are_named_at_once_with_line_field_value_and_what_is_allowed()
    {
        var file = Read("""
            apiVersion: routing.dev/v1alpha1
            kind: BGPConfiguration
            metadata: {name: default}
            spec:
              asNumber: 0
              routerID: 10.0.0
              originate: [{prefix: 10.2.0.1/26}]
            ---
            apiVersion: routing.dev/v1alpha1
            kind: BGPPeer
            metadata: {name: a}
            spec:
              peerIP: 127.0.0.1
              peerPrt: 1790
              holdTime: 2s
              filters: [nope]
            """);
        Assert.That(file.Config, Is.Null);
        Assert.That(file.Errors.Select(error => error.ToString()[_path.Length..]), Is.EqualTo(new[]
        {
            ":5: BGPConfiguration default: spec.asNumber: '0' is not allowed; a whole number from 1 to 4294967295",
            ":6: BGPConfiguration default: spec.routerID: '10.0.0' is not allowed; four numbers with dots, as in 192.0.2.1, and not all zero",
            ":7: BGPConfiguration default: spec.originate[0].prefix: '10.2.0.1/26' is not allowed; a prefix whose host bits are zero, as in 10.1.0.0/26",
            ":12: BGPPeer a: spec.asNumber: missing; the AS number of the neighbour, 1 to 4294967295",
            $":14: BGPPeer a: spec.peerPrt: '1790' is not allowed; there is no such field; fields here are {Fields(file)}",
            ":15: BGPPeer a: spec.holdTime: '2s' is not allowed; 0s or 3s to 65535s (RFC 4271 §4.2)",
        }));
    }

    [TestCase("{peerIP: 192.0.2.1, asNumber: 1, filters: [nope]}", "spec.filters[0]: 'nope'")]
    [TestCase("{asNumber: 1}", "spec.peerIP: missing")]
    [TestCase("{peerIP: 192.0.2.1, peerRange: 10.0.0.0/8, asNumber: 1}", "either peerIP or peerRange")]
    [TestCase("{peerIP: 192.0.2.1, asNumber: 1, families: [ipv5]}", "spec.families[0]: 'ipv5'")]
    [TestCase("{peerIP: 192.0.2.1, asNumber: 1, passive: maybe}", "spec.passive: 'maybe' is not allowed; true or false")]
    [TestCase("{peerIP: 192.0.2.1, asNumber: 1, sourceAddress: '::1'}", "spec.sourceAddress: '::1'")]
    [TestCase("{peerIP: fe80::1, asNumber: 1}", "a link-local address only with its interface")]
    [TestCase("{peerIP: 192.0.2.1, asNumber: 1, bfd: {minimumTransmitInterval: 20ms}}",
        "spec.bfd.minimumTransmitInterval: '20ms' is not allowed; 50ms to 60s")]
    [TestCase("{peerIP: 192.0.2.1, asNumber: 1, bfd: {detectMultiplier: 0}}",
        "spec.bfd.detectMultiplier: '0' is not allowed; a whole number from 1 to 255")]
    [TestCase("{peerIP: 192.0.2.1, asNumber: 1, bfd: {interval: 1s}}", "spec.bfd.interval: '1s'")]
    [TestCase("{peerIP: fe80::1%1, asNumber: 1, bfd: {multihop: true}}", "a link-local address is on the link")]
    [TestCase("{peerIP: 192.0.2.1, asNumber: 1, nodeSelector: 'rack ~ a'}", "spec.nodeSelector: 'rack ~ a'")]
    [TestCase("{peerIP: 192.0.2.1, asNumber: 1, prefixLimits: {ipv4: {}}}", "spec.prefixLimits.ipv4.max: missing; the most prefixes")]
    [TestCase("{peerIP: 192.0.2.1, asNumber: 1, prefixLimits: {ipv4: {max: 1, action: Stop}}}", 
        "spec.prefixLimits.ipv4.action: 'Stop' is not allowed; one of Teardown, Warn")]
    [TestCase("{peerIP: 192.0.2.1, asNumber: 1, prefixLimits: {ipx: {max: 1}}}", "spec.prefixLimits.ipx")]
    [TestCase("{peerIP: 192.0.2.1, asNumber: 1, maxASPathLength: 0}", "spec.maxASPathLength: '0'")]
    [TestCase("{peerIP: 192.0.2.1, asNumber: outside}", "spec.asNumber: 'outside' is not allowed; a whole number from 1")]
    [TestCase("{interface: eth0/1}", "spec.interface: 'eth0/1'")]
    [TestCase("{peerIP: [192.0.2.1], asNumber: 1}", "a single value")]
    [TestCase("{peerIP: 192.0.2.1, asNumber: 1, routeReflectorClusterID: 0.0.0.0}", "spec.routeReflectorClusterID: '0.0.0.0'")]
    [TestCase("{peerIP: 192.0.2.1, asNumber: 1, outboundFilters: {send: [{action: Accept}]}}", "spec.outboundFilters.send[0].cidr: missing")]
    [TestCase("{peerIP: 192.0.2.1, asNumber: 1, outboundFilters: {send: [{action: Accept, cidr: 10.0.0.0/8, prefixLength: {max: 4}}]}}", "spec.outboundFilters.send[0].prefixLength.max: '4' is not allowed; a whole number from 8 to 32")]
    [TestCase("{peerIP: 192.0.2.1, asNumber: 1, longLivedStaleTime: 9000h}", "spec.longLivedStaleTime: '9000h'")]
    [TestCase("{peerIP: 192.0.2.1, asNumber: 1, maxRestartTime: 2h}", "spec.maxRestartTime: '2h'")]
    [TestCase("{peerIP: 192.0.2.1, asNumber: 1, addPath: {send: some}}", "spec.addPath.send: 'some' is not allowed; one of all, best")]
    [TestCase("{peerIP: 192.0.2.1, asNumber: 1, addPath: {send: best}}", "spec.addPath.maximum: missing; with send: best")]
    [TestCase("{peerIP: 192.0.2.1, asNumber: 1, addPath: {receive: true, maximum: 2}}", "spec.addPath.maximum: '2'")]
    public void A_peer_that_cannot_be_is_refused(string spec, string message)
    {
        var file = Read($"""
            {Configuration}
            ---
            apiVersion: routing.dev/v1alpha1
            kind: BGPPeer
            metadata: {"{name: a}"}
            spec: {spec}
            """);
        Assert.That(file.Errors.Select(error => error.ToString()), Has.Some.Contains(message));
    }

    [TestCase("", "a BGPConfiguration is missing")]
    [TestCase("apiVersion: v1\nkind: Pod\nmetadata: {name: a}", "apiVersion: 'v1' is not allowed; routing.dev/v1alpha1 here")]
    [TestCase("apiVersion: routing.dev/v1alpha1\nkind: BGPPeerx\nmetadata: {name: a}", "kind: 'BGPPeerx'")]
    [TestCase("a: [", "not readable as YAML")]
    public void A_file_without_a_speaker_is_refused(string text, string message) =>
        Assert.That(Read(text).Errors.Select(error => error.ToString()), Has.Some.Contains(message));

    [Test]
    public void A_file_that_is_not_there_is_named() =>
        Assert.That(SpeakerFile.Read("/nowhere.yaml").Errors.Single().ToString(), Does.StartWith("/nowhere.yaml: cannot be read"));

    [Test]
    public void Two_peers_cannot_be_at_the_other_end_of_one_interface()
    {
        var peer = """

            ---
            apiVersion: routing.dev/v1alpha1
            kind: BGPPeer
            metadata: {name: NAME}
            spec: {interface: eth0}
            """;
        var file = Read(Configuration + peer.Replace("NAME", "a") + peer.Replace("NAME", "b"));
        Assert.That(file.Errors.Single().ToString(), Does.Contain("BGPPeer b").And.Contain("spec.interface").And.Contain("a has it already"));
    }

    [TestCase("{interface: eth0}", 0u, TestName = "A neighbour of any other AS")]
    [TestCase("{interface: eth0, asNumber: external}", 0u, TestName = "said in a word")]
    [TestCase("{interface: eth0, asNumber: internal}", 65000u, TestName = "of our own")]
    [TestCase("{interface: eth0, asNumber: 65001}", 65001u, TestName = "of one AS")]
    public void At_the_other_end_of_an_interface(string spec, uint asn)
    {
        var file = Read($"""
            {Configuration}
            ---
            apiVersion: routing.dev/v1alpha1
            kind: BGPPeer
            metadata: {"{name: a}"}
            spec: {spec}
            """);
        Assert.That(file.Errors, Is.Empty);
        var peer = file.Config!.Peers.Single();
        Assert.That((peer.Asn, peer.Address, peer.Transport.Interface), Is.EqualTo((asn, (IPAddress?)null, "eth0")));
    }

    [Test]
    public void Two_peers_cannot_have_one_address()
    {
        var peer = """

            ---
            apiVersion: routing.dev/v1alpha1
            kind: BGPPeer
            metadata: {name: NAME}
            spec: {peerIP: 192.0.2.1, asNumber: 1}
            """;
        var file = Read(Configuration + peer.Replace("NAME", "a") + peer.Replace("NAME", "b"));
        Assert.That(file.Errors.Single().ToString(), Does.Contain("BGPPeer b").And.Contain("a has it already"));
    }

    [TestCase("rack == \"a\"", true)]
    [TestCase("rack == 'b'", false)]
    [TestCase("rack != \"b\" && has(rack)", true)]
    [TestCase("has(zone)", false)]
    [TestCase("!has(zone)", true)]
    [TestCase("rack in {\"a\", \"b\"}", true)]
    [TestCase("rack not in {\"a\", \"b\"}", false)]
    [TestCase("zone != \"x\"", true)]
    [TestCase("all()", true)]
    public void A_node_selector_matches_labels(string selector, bool expected) => Assert.That(
        NodeSelector.Parse(selector)!.Matches(new Dictionary<string, string> { ["rack"] = "a" }), Is.EqualTo(expected));

    [TestCase("Equal", "10.0.0.0/8", true)]
    [TestCase("Equal", "10.1.0.0/16", false)]
    [TestCase("NotEqual", "10.1.0.0/16", true)]
    [TestCase("In", "10.1.0.0/16", true)]
    [TestCase("In", "11.0.0.0/8", false)]
    [TestCase("NotIn", "11.0.0.0/8", true)]
    [TestCase("NotIn", "10.0.0.0/8", false)]
    [TestCase("NotIn", "2001:db8::/32", false, TestName = "A rule of one family never matches the other")]
    public void A_rule_matches_prefixes(string match, string prefix, bool expected)
    {
        var file = Read($$"""
            {{Configuration}}
            ---
            apiVersion: routing.dev/v1alpha1
            kind: BGPPeer
            metadata: {name: a}
            spec: {peerIP: 192.0.2.1, asNumber: 1, filters: [f]}
            ---
            apiVersion: routing.dev/v1alpha1
            kind: BGPFilter
            metadata: {name: f}
            spec: {importV4: [{action: Reject, matchOperator: {{match}}, cidr: 10.0.0.0/8}]}
            """);
        Assert.That(file.Config!.Peers[0].Import.Accepts(P(prefix)), Is.EqualTo(!expected));
    }

    /// <summary>Every concern adds its own; that they are named is what counts.</summary>
    private static string Fields(SpeakerFile file)
    {
        var fields = file.Errors.Select(error => error.Message.Split("fields here are ")).Single(parts => parts.Length == 2)[1];
        Assert.That(fields.Split(", "), Is.SupersetOf(new[] { "peerIP", "peerRange", "peerPort", "asNumber", "peerGroup" }));
        return fields;
    }

    private static Prefix P(string text) => Prefix.TryParse(text, out var prefix) ? prefix : throw new ArgumentException(text);

    private SpeakerFile Read(string text)
    {
        File.WriteAllText(_path, text);
        return SpeakerFile.Read(_path);
    }
}
