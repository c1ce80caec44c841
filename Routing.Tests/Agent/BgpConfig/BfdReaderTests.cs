using System.Collections.Immutable;
using System.Text.Json.Nodes;
using Routing.Agent.BgpConfig;
using Routing.Bgp.Bfd;

namespace Routing.Tests.Agent.BgpConfig;

/// <summary>The field <c>bfd</c> of a BGPPeer.</summary>
[TestFixture]
internal sealed class BfdReaderTests
{
    private static readonly Dictionary<string, BgpPeerGroup> Groups = new()
    {
        ["fast"] = new BgpPeerGroup("fast", (JsonObject)JsonNode.Parse("""{"bfd": {"minimumReceiveInterval": "1s500ms"}}""")!),
    };

    [Test]
    public void Fields_that_are_not_named_have_defaults() => Assert.That(
        Read("""{"minimumTransmitInterval": "50ms", "multihop": true}"""),
        Is.EqualTo(new BfdOptions { MinimumTransmitInterval = TimeSpan.FromMilliseconds(50), Multihop = true }));

    [TestCase("{}", ExpectedResult = true)]
    [TestCase("""{"multihop": false}""", ExpectedResult = false)]
    public bool A_neighbour_over_several_hops_has_multihop_bfd_unless_it_says_otherwise(string bfd) =>
        Read(bfd, multihop: 3)!.Multihop;

    [TestCase("null", ExpectedResult = true)]
    [TestCase("""{"enabled": false}""", ExpectedResult = true)]
    [TestCase("{}", ExpectedResult = false)]
    public bool There_is_none_unless_it_is_named(string bfd) => Read(bfd) is null;

    [Test]
    public void A_group_may_have_it_for_its_peers() => Assert.That(
        Read("null", "fast"), Is.EqualTo(new BfdOptions { MinimumReceiveInterval = TimeSpan.FromSeconds(1.5) }));

    [Test]
    public void A_peer_of_the_group_may_switch_it_off() => Assert.That(Read("""{"enabled": false}""", "fast"), Is.Null);

    private static BfdOptions? Read(string bfd, string? group = null, int? multihop = null)
    {
        var spec = new JsonObject { ["peerIP"] = "192.0.2.1", ["asNumber"] = 65001, ["bfd"] = JsonNode.Parse(bfd) };
        if (multihop is { } hops)
        {
            spec["ebgpMultihop"] = hops;
        }

        if (group is not null)
        {
            spec["peerGroup"] = group;
        }

        if (spec["bfd"] is null)
        {
            spec.Remove("bfd");
        }

        var peer = BgpObjectReader.ReadPeer(
            new JsonObject { ["metadata"] = new JsonObject { ["name"] = "p" }, ["spec"] = spec },
            Groups,
            out ImmutableArray<Routing.Policy.Model.Problem> problems);
        Assert.That(problems, Is.Empty);
        return peer!.Config.Bfd;
    }
}
