using Routing.Agent.Lab.Plan;
using Routing.Agent.Lab.Tor;
using Routing.Tests.Golden;

namespace Routing.Tests.Lab;

[TestFixture]
public sealed class TorConfigTests
{
    private static readonly LabPlan Plan = LabPlan.Create(2);

    [Test]
    public void Bird() => GoldenFile.Verify("lab/bird.conf", BirdTor.RenderConfig(Plan));

    [Test]
    public void Frr() => GoldenFile.Verify("lab/bgpd.conf", FrrTor.RenderConfig(Plan));

    [Test]
    public void Gobgp() => GoldenFile.Verify("lab/gobgpd.toml", GobgpTor.RenderConfig(Plan));

    [Test]
    public void Routing_s_own_speaker() => GoldenFile.Verify("lab/tor.yaml", RoutingTor.RenderConfig(Plan));

    // As gobgp 3.10 printed it: the second path of a prefix is not the best, and a local route has no next hop.
    private const string Table = """
        {"10.244.1.0/24":[
          {"nlri":{"prefix":"10.244.1.0/24"},"best":true,"attrs":[{"type":1,"value":0},{"type":3,"nexthop":"172.30.1.2"}],"stale":true},
          {"nlri":{"prefix":"10.244.1.0/24"},"attrs":[{"type":1,"value":0},{"type":3,"nexthop":"172.30.2.2"}],"stale":false}],
         "192.0.2.0/24":[{"nlri":{"prefix":"192.0.2.0/24"},"best":true,"attrs":[{"type":1,"value":0},{"type":3,"nexthop":"0.0.0.0"}]}],
         "fd00:10:244:1::/64":[{"best":true,"attrs":[{"type":14,"nexthop":"fd00:172:30:1::2","afi":2,"safi":1}]}]}
        """;

    [Test]
    public void Best_paths_of_a_gobgp_table_become_routes_stale_ones_too() => Assert.That(
        GobgpFib.ParseTable(Table).Select(route => route.ToString()),
        Is.EqualTo(["10.244.1.0/24 via 172.30.1.2", "fd00:10:244:1::/64 via fd00:172:30:1::2"]));

    [Test]
    public void A_missing_program_is_named_with_its_package() => Assert.That(
        Assert.Throws<Routing.Agent.Lab.LabException>(() => LabTool.Find("--tor bird", "no-such-bird", "bird2"))!.Message,
        Is.EqualTo("--tor bird: program 'no-such-bird' is not installed; apt-get install bird2"));
}
