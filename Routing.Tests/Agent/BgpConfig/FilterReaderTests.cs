using System.Text.Json.Nodes;
using Routing.Agent.BgpConfig;
using Routing.Agent.Manifests;
using Routing.Bgp.RoutePolicy;
using Routing.Tests.Bgp.Rib;
using Routing.Tests.Bgp.RoutePolicy;

namespace Routing.Tests.Agent.BgpConfig;

/// <summary>BGPFilters as they are written.</summary>
[TestFixture]
internal sealed class FilterReaderTests
{
    [TestCase("prefixLength: {min: 25}", "10.0.0.0/25", "10.0.0.0/24", TestName = "Lengths alone are those of any prefix")]
    [TestCase("matchOperator: In, cidr: 10.0.0.0/8, prefixLength: {max: 16}", "10.1.0.0/16", "10.1.0.0/17", TestName = "In, up to a length")]
    [TestCase("matchOperator: NotIn, cidr: 10.0.0.0/8, prefixLength: {max: 16}", "10.1.0.0/17", "10.1.0.0/16", TestName = "NotIn negates the lengths, too")]
    [TestCase("prefixSet: s", "10.0.0.0/24", "10.0.0.0/25", TestName = "An entry of a set without lengths is the prefix alone")]
    [TestCase("prefixSet: s", "10.1.0.0/20", "10.1.0.0/25", TestName = "An entry of a set with lengths")]
    [TestCase("prefixSet: s, matchOperator: NotIn", "10.0.0.0/25", "10.0.0.0/24", TestName = "Not in a set")]
    public void A_rule_matches_prefixes(string conditions, string matching, string other)
    {
        var spec = "{prefixSets: [{name: s, prefixes: [{cidr: 10.0.0.0/24}, {cidr: 10.1.0.0/16, prefixLength: {max: 24}}]}], "
            + $"importV4: [{{action: Reject, {conditions}}}]}}";
        var filter = Read(spec, out var problems);
        Assert.That(problems, Is.Empty);
        Assert.That(filter!.Import.Accepts(RibHarness.Parse(matching)), Is.False);
        Assert.That(filter.Import.Accepts(RibHarness.Parse(other)));
    }

    [TestCase("addCommunity: {value: no-export}", "AddCommunities")]
    [TestCase("setCommunities: {values: ['65000:1', 'rt:65000:1']}", "SetCommunities")]
    [TestCase("deleteCommunities: {values: ['*:666']}", "DeleteCommunities")]
    [TestCase("setLocalPreference: {value: 4294967295}", "SetLocalPref")]
    [TestCase("addLocalPreference: {value: -10}", "AddLocalPref")]
    [TestCase("setMED: {value: 0}", "SetMed")]
    [TestCase("addMED: {value: 10}", "AddMed")]
    [TestCase("removeMED: {}", "RemoveMed")]
    [TestCase("setOrigin: {value: Incomplete}", "SetOrigin")]
    [TestCase("prependASPath: {prefix: [65000, 65001]}", "PrependAsPath")]
    [TestCase("prependASPath: {count: 2}", "PrependOwnAs")]
    [TestCase("setNextHop: {value: 192.0.2.1}", "SetNextHop")]
    [TestCase("setNextHop: {value: Self}", "SetNextHopSelf")]
    [TestCase("setNextHop: {value: Peer}", "SetNextHopPeer")]
    [TestCase("setAIGP: {value: 5000000000}", "SetAigp")]
    [TestCase("removeAIGP: {}", "RemoveAigp")]
    [TestCase("setWeight: {value: 7}", "SetWeight")]
    [TestCase("setPriority: {value: 512}", "SetPriority")]
    public void Every_operation_is_read(string operation, string type)
    {
        var filter = Read($"{{importV4: [{{action: Next, operations: [{{{operation}}}]}}]}}", out var problems);
        Assert.That(problems, Is.Empty);
        Assert.That(filter!.Import.Rules[0].Operations[0].GetType().Name, Is.EqualTo(type));
    }

    [TestCase("action: Acept", "action: 'Acept' is not allowed; one of Accept, Reject, Next")]
    [TestCase("name: x", "action: missing; one of Accept, Reject, Next")]
    [TestCase("action: Accept, prefixSet: nope", "prefixSet: 'nope' is not allowed; the name of a set in spec.prefixSets: s")]
    [TestCase("action: Accept, prefixSet: s, cidr: 10.0.0.0/8", "cidr: missing; either prefixSet, or cidr with prefixLength")]
    [TestCase("action: Accept, prefixSet: s, matchOperator: Equal", "matchOperator: 'Equal' is not allowed; In or NotIn beside prefixSet")]
    [TestCase("action: Accept, cidr: 10.0.0.0/8", "matchOperator: missing; cidr and matchOperator come together")]
    [TestCase("action: Accept, cidr: '::/0', matchOperator: In", "cidr: '::/0' is not allowed; an IPv4 prefix here")]
    [TestCase("action: Accept, prefixLength: {min: 3, max: 2}", "prefixLength.min: '3' is not allowed; at most max, which is 2")]
    [TestCase("action: Accept, cidr: 10.0.0.0/8, matchOperator: In, prefixLength: {max: 4}", "prefixLength.max: '4' is not allowed; lengths that a prefix in 10.0.0.0/8")]
    [TestCase("action: Accept, source: Remote", "source: 'Remote' is not allowed; one of RemotePeers, ExternalPeers, InternalPeers, Local")]
    [TestCase("action: Accept, peerType: EBGP", "peerType: 'EBGP' is not allowed; one of eBGP, iBGP")]
    [TestCase("action: Accept, communities: {}", "communities.values: missing; a community")]
    [TestCase("action: Accept, communities: {values: ['65536:1']}", "communities.values[0]: '65536:1' is not allowed; a community")]
    [TestCase("action: Accept, communities: {sets: [nope]}", "communities.sets[0]: 'nope' is not allowed; the name of a set in spec.communitySets: there is none")]
    [TestCase("action: Accept, asPathPrefix: [0]", "asPathPrefix[0]: '0' is not allowed; AS numbers")]
    [TestCase("action: Accept, asPath: {}", "asPath: '{}' is not allowed; at least one of")]
    [TestCase("action: Accept, asPath: {patterns: ['^(65000']}", "asPath.patterns[0]: '^(65000' is not allowed; at the end: a closing parenthesis")]
    [TestCase("action: Accept, asPath: {originAS: ['2-1']}", "asPath.originAS[0]: '2-1' is not allowed; AS numbers or ranges")]
    [TestCase("action: Accept, nextHop: [nope]", "nextHop[0]: 'nope' is not allowed; addresses and prefixes")]
    [TestCase("action: Accept, med: -1", "med: '-1' is not allowed; a whole number from 0 to 4294967295")]
    [TestCase("action: Accept, med: {min: 2, max: 1}", "med.min: '2' is not allowed; at most max, which is 1")]
    [TestCase("action: Accept, med: {least: 2}", "med.least: '2' is not allowed; there is no such field; fields here are min, max")]
    [TestCase("action: Accept, origin: [IGP, BGP]", "origin[1]: 'BGP' is not allowed; one or a list of IGP, EGP, Incomplete")]
    [TestCase("action: Accept, origin: []", "origin: '[]' is not allowed; one or a list of IGP, EGP, Incomplete")]
    [TestCase("action: Accept, originValidation: Unknown", "originValidation: 'Unknown' is not allowed; one of Valid, Invalid, NotFound")]
    [TestCase("action: Reject, operations: [{removeMED: {}}]", "operations: '1' is not allowed; nothing beside action Reject")]
    [TestCase("action: Next, operations: [{}]", "operations[0]: missing; one operation in each entry")]
    [TestCase("action: Next, operations: [{removeMED: {}, removeAIGP: {}}]", "operations[0]: 'removeMED, removeAIGP' is not allowed; one operation in each entry")]
    [TestCase("action: Next, operations: [{setX: {}}]", "operations[0].setX: '{}' is not allowed; there is no such field")]
    [TestCase("action: Next, operations: [{setMED: {}}]", "operations[0].setMED.value: missing; a whole number from 0")]
    [TestCase("action: Next, operations: [{addCommunity: {value: '65000:*'}}]", "operations[0].addCommunity.value: '65000:*' is not allowed; 65000:100, ")]
    [TestCase("action: Next, operations: [{prependASPath: {}}]", "operations[0].prependASPath.prefix: missing; either prefix, a list of AS numbers, or count")]
    [TestCase("action: Next, operations: [{prependASPath: {count: 65}}]", "operations[0].prependASPath.count: '65' is not allowed; a whole number from 1 to 64")]
    [TestCase("action: Next, operations: [{setNextHop: {value: '::1'}}]", "operations[0].setNextHop.value: '::1' is not allowed; an IPv4 address, Self or Peer")]
    [TestCase("action: Next, operations: [{setNextHop: {value: Unchanged}}]", "operations[0].setNextHop.value: 'Unchanged' is not allowed; an IPv4 address, Self or Peer")]
    [TestCase("action: Next, operations: [{setPriority: {value: 0}}]", "operations[0].setPriority.value: '0' is not allowed; a whole number from 1 to 2147483646")]
    public void What_is_wrong_is_named(string rule, string problem)
    {
        var spec = $"{{prefixSets: [{{name: s, prefixes: []}}], importV4: [{{{rule}}}]}}";
        Assert.That(Read(spec, out var problems), Is.Null);
        Assert.That(problems, Has.Length.EqualTo(1), string.Join('\n', problems));
        Assert.That(problems[0], Does.StartWith($"spec.importV4[0].{problem}"));
    }

    [TestCase("prefixSets: [{name: s, prefixes: []}, {name: s, prefixes: []}]", "spec.prefixSets[1].name: 's' is not allowed; a name that no other set")]
    [TestCase("prefixSets: [{name: s}]", "spec.prefixSets[0].prefixes: missing; a list, as in")]
    [TestCase("prefixSets: [{name: s, prefixes: [{cidr: 10.0.0.1/8}]}]", "spec.prefixSets[0].prefixes[0].cidr: '10.0.0.1/8' is not allowed; a prefix whose host bits")]
    [TestCase("communitySets: [{name: s, values: [x]}]", "spec.communitySets[0].values[0]: 'x' is not allowed; a community")]
    [TestCase("asPathSets: [{name: s, patterns: ['[']}]", "spec.asPathSets[0].patterns[0]: '[' is not allowed; at the end: a number")]
    [TestCase("importV5: []", "spec.importV5: '[]' is not allowed; there is no such field; fields here are prefixSets, communitySets, asPathSets, importV4")]
    public void What_is_wrong_with_a_set_is_named(string spec, string problem)
    {
        Assert.That(Read($"{{{spec}}}", out var problems), Is.Null);
        Assert.That(problems, Has.Length.EqualTo(1), string.Join('\n', problems));
        Assert.That(problems[0], Does.StartWith(problem));
    }

    [Test]
    public void A_rule_knows_where_it_was_written()
    {
        var filter = Read("{exportV6: [{action: Next, name: mark}, {action: Accept}]}", out _)!.In("a.yaml", field => field.Length);
        Assert.That(
            filter.Export.Rules.Select(rule => rule.Place!.ToString()),
            Is.EqualTo(new[] { "f exportV6[0] (mark), a.yaml:16", "f exportV6[1], a.yaml:16" }));
    }

    [Test]
    public void Calicos_own_example_means_the_same()
    {
        var filter = Read("""
            exportV4:
            - {action: Accept, matchOperator: In, cidr: 77.0.0.0/16, source: RemotePeers}
            - {action: Reject, interface: "*.calico"}
            importV4:
            - {action: Accept, matchOperator: In, cidr: 55.0.0.0/16, prefixLength: {min: 30}}
            - {action: Reject, matchOperator: NotIn, cidr: 44.0.0.0/16}
            importV6:
            - {action: Accept, matchOperator: Equal, cidr: "5000::/64", peerType: eBGP, asPathPrefix: [65000], priority: 100,
               communities: {values: ["65000:100"]},
               operations: [{addCommunity: {value: "65000:100:1"}}, {prependASPath: {prefix: [65000]}}, {setPriority: {value: 512}}]}
            """, out var problems);
        Assert.That(problems, Is.Empty);
        Assert.That(filter!.Export.Rules.Select(rule => (rule.Action, rule.Match.Source, rule.Match.Interface)), Is.EqualTo(
            new (RuleAction, RouteSource?, string?)[] { (RuleAction.Accept, RouteSource.RemotePeers, null), (RuleAction.Reject, null, "*.calico") }));
    }

    private static BgpFilter? Read(string spec, out string[] problems)
    {
        var json = new JsonObject { ["metadata"] = new JsonObject { ["name"] = "f" }, ["spec"] = YamlToJson.Convert(spec) };
        var filter = BgpObjectReader.ReadFilter(json, out var found);
        problems = [.. found.Select(problem => problem.ToString())];
        return filter;
    }
}
