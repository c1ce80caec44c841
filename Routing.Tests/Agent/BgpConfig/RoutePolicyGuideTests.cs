using System.Text.RegularExpressions;
using Routing.Agent.BgpConfig;
using Routing.Bgp.RoutePolicy;
using Routing.Bgp.RoutePolicy.Reference;
using Routing.Bgp.Wire.Iana;
using Routing.Tests.Bgp.Rib;
using Routing.Tests.Bgp.RoutePolicy;

namespace Routing.Tests.Agent.BgpConfig;

/// <summary>The examples of docs/route-policy.md are read and do what the guide says, and the guide names every
/// field.</summary>
[TestFixture]
internal sealed partial class RoutePolicyGuideTests
{
    private static readonly string Guide = File.ReadAllText(Repository.PathOf("docs/route-policy.md"));

    private static readonly RouteModel Customer = new() { AsPath = [64500], NextHop = RibHarness.NextHopOf(1) };

    [TestCase("from-tor", "10.1.0.0/16", "", "accepted by importV4[0]")]
    [TestCase("from-tor", "10.1.0.0/29", "", "rejected by importV4[1]")]
    [TestCase("from-tor", "192.0.2.0/24", "", "rejected by importV4[1]")]
    [TestCase("customer", "203.0.113.0/24", "64500:9 65000:7", "accepted by importV4[5]: community 65000:7 deleted, localPreference 200, community 65000:1 added")]
    [TestCase("customer", "203.0.113.0/28", "64500:80", "accepted by importV4[4]: localPreference 80, community 65000:1 added")]
    [TestCase("customer", "203.0.113.0/29", "", "rejected by importV4[6]")]
    [TestCase("customer", "127.0.0.0/16", "", "rejected by importV4[0]")]
    [TestCase("standby", "10.0.0.0/8", "", "accepted: localPreference 50, priority 4096")]
    [TestCase("blackhole", "203.0.113.7/32", "blackhole", "accepted by importV4[0]: nextHop 10.0.0.1 to 192.0.2.1, community no-export added")]
    [TestCase("blackhole", "203.0.113.7/32", "", "rejected by importV4[1]")]
    [TestCase("blackhole", "203.0.113.0/24", "", "accepted")]
    public void An_example_does_what_the_guide_says(string filter, string prefix, string communities, string expected) =>
        Assert.That(Outcome(Filter(filter).Import, prefix, communities, PolicyBench.Import), Is.EqualTo(expected));

    [TestCase("from-tor", "0.0.0.0/0", "rejected by exportV4[0]")]
    [TestCase("from-tor", "10.0.0.0/8", "accepted")]
    [TestCase("customer", "10.0.0.0/8", "rejected by exportV4[1]")]
    [TestCase("standby", "10.0.0.0/8", "rejected by exportV4[1]")]
    public void An_example_tells_what_the_guide_says(string filter, string prefix, string expected) =>
        Assert.That(Outcome(Filter(filter).Export, prefix, "", PolicyBench.Export), Is.EqualTo(expected));

    [Test]
    public void A_route_of_our_own_is_told_with_a_longer_path() => Assert.That(
        Outcome(Filter("standby").Export, "10.0.0.0/8", "", PolicyBench.Export with { Source = RouteSource.Local }),
        Is.EqualTo("accepted by exportV4[0]: med 100, asPath 64500 to 65000 65000 65000 64500"));

    [Test]
    public void The_guide_names_every_field()
    {
        var reader = string.Concat(Repository.SourceFiles("Routing.Agent/BgpConfig/Filters").Select(File.ReadAllText));
        var fields = FieldName().Matches(reader).Select(match => match.Groups["name"].Value)
            .Where(name => !name.Contains(' ', StringComparison.Ordinal)).Distinct().ToList();
        Assert.That(fields, Has.Count.GreaterThan(40));
        Assert.That(fields.Where(name => !Guide.Contains(name, StringComparison.Ordinal)), Is.Empty);
    }

    [Test]
    public void The_schema_names_every_field_that_is_read()
    {
        var schema = File.ReadAllText(Repository.PathOf("charts/routing/crds/bgpfilters.yaml"));
        var reader = string.Concat(Repository.SourceFiles("Routing.Agent/BgpConfig/Filters").Select(File.ReadAllText));
        var fields = FieldName().Matches(reader).Select(match => match.Groups["name"].Value).Distinct();
        Assert.That(fields.Where(name => !schema.Contains(name, StringComparison.Ordinal)), Is.Empty);
    }

    private static string Outcome(RouteFilter filter, string prefix, string communities, RouteScope scope)
    {
        var values = communities.Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(CommunityPatternTests.Value);
        var canonical = PolicyBench.Canonical(Customer, AfiSafi.IPv4Unicast, values);
        return Text(PolicyBench.Run(filter, RibHarness.Parse(prefix), canonical, scope));
    }

    private static string Text(PolicyTrace trace)
    {
        var by = trace.DecidedBy?.Place is { } place ? $" by {place.List}[{place.Index}]" : "";
        var changes = string.Join(", ", trace.IsAccepted ? trace.Steps.SelectMany(step => step.Changes) : []);
        return $"{(trace.IsAccepted ? "accepted" : "rejected")}{by}{(changes.Length > 0 ? $": {changes}" : "")}";
    }

    private static BgpFilter Filter(string name)
    {
        var file = Path.GetTempFileName();
        try
        {
            var examples = YamlBlock().Matches(Guide).Select(match => match.Groups["yaml"].Value);
            var peer = $"apiVersion: routing.dev/v1alpha1\nkind: BGPPeer\nmetadata: {{name: p}}\nspec: {{peerIP: 192.0.2.1, asNumber: 1, filters: [{name}]}}\n";
            var own = "apiVersion: routing.dev/v1alpha1\nkind: BGPConfiguration\nmetadata: {name: default}\nspec: {asNumber: 65000, routerID: 127.0.0.1}\n";
            File.WriteAllText(file, string.Join("---\n", examples.Append(peer).Append(own)));
            var read = SpeakerFile.Read(file);
            Assert.That(read.Errors, Is.Empty);
            return new BgpFilter(name, read.Config!.Peers[0].Import, read.Config.Peers[0].Export);
        }
        finally
        {
            File.Delete(file);
        }
    }

    [GeneratedRegex("""^```yaml\n(?<yaml>.*?)^```""", RegexOptions.Multiline | RegexOptions.Singleline)]
    private static partial Regex YamlBlock();

    /// <summary>The words that the readers look for.</summary>
    [GeneratedRegex("""(?:\.(?:Text|Word|Words|Range|Ranges|Integer|Object|Objects|Prefix|Asns|Scalars)\(|\[)"(?<name>[a-zA-Z0-9]+)"[,\)\]]""")]
    private static partial Regex FieldName();
}
