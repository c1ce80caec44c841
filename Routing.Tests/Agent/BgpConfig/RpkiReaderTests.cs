using System.Net;
using System.Text.Json.Nodes;
using Routing.Agent.BgpConfig;
using Routing.Bgp.Rpki;
using Routing.Bgp.Wire.Nlri;

namespace Routing.Tests.Agent.BgpConfig;

/// <summary>The field <c>rpki</c> of a BGPConfiguration.</summary>
[TestFixture]
internal sealed class RpkiReaderTests
{
    [Test]
    public void Caches_and_payloads_are_read()
    {
        var rpki = Read("""
            {"caches": [{"address": "192.0.2.1"}, {"address": "2001:db8::1", "port": 3323, "preference": 2, "version": 2}],
             "roas": [{"prefix": "10.1.0.0/16", "asNumber": 65001}, {"prefix": "2001:db8::/32", "maxLength": 48, "asNumber": 0}],
             "aspas": [{"customer": 65001, "providers": [65003, 65002]}, {"customer": 65002, "providers": []}]}
            """, out var problems);
        Assert.That(problems, Is.Empty);
        Assert.That(rpki, Is.EqualTo(new RpkiOptions
        {
            Caches =
            [
                new RpkiCacheOptions { Address = IPAddress.Parse("192.0.2.1") },
                new RpkiCacheOptions { Address = IPAddress.Parse("2001:db8::1"), Port = 3323, Preference = 2, Version = 2 },
            ],
            Roas = [new Vrp(P("10.1.0.0/16"), 16, 65001), new Vrp(P("2001:db8::/32"), 48, 0)],
            Aspas = [new Aspa(65001, [65002, 65003]), new Aspa(65002, [0])],
        }));
    }

    [TestCase("""{"caches": [{}]}""", "spec.rpki.caches[0].address", "")]
    [TestCase("""{"caches": [{"address": "rpki.example"}]}""", "spec.rpki.caches[0].address", "rpki.example")]
    [TestCase("""{"caches": [{"address": "192.0.2.1", "version": 3}]}""", "spec.rpki.caches[0].version", "3")]
    [TestCase("""{"roas": [{"prefix": "10.1.0.0/16", "asNumber": 1, "maxLength": 15}]}""", "spec.rpki.roas[0].maxLength", "15")]
    [TestCase("""{"roas": [{"prefix": "10.1.0.0/16", "asNumber": 1, "maxLength": 33}]}""", "spec.rpki.roas[0].maxLength", "33")]
    [TestCase("""{"roas": [{"prefix": "10.1.0.0/16"}]}""", "spec.rpki.roas[0].asNumber", "")]
    [TestCase("""{"aspas": [{"customer": 0, "providers": []}]}""", "spec.rpki.aspas[0].customer", "0")]
    [TestCase("""{"servers": []}""", "spec.rpki.servers", "[]")]
    public void What_is_wrong_is_named(string json, string field, string value)
    {
        Read(json, out var problems);
        Assert.That(problems.Select(problem => (problem.Field, problem.Value)), Is.EqualTo(new[] { (field, value) }));
    }

    private static RpkiOptions? Read(string rpki, out IReadOnlyList<Routing.Policy.Model.Problem> problems)
    {
        var configuration = BgpObjectReader.ReadConfiguration(
            new JsonObject
            {
                ["metadata"] = new JsonObject { ["name"] = "default" },
                ["spec"] = new JsonObject { ["rpki"] = JsonNode.Parse(rpki) },
            },
            out var found);
        problems = found;
        return configuration?.Rpki;
    }

    private static Prefix P(string text) => Prefix.TryParse(text, out var prefix) ? prefix : throw new ArgumentException(text);
}
