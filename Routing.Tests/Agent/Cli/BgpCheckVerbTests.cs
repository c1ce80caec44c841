using System.Text.Json.Nodes;
using Routing.Agent.Cli;

namespace Routing.Tests.Agent.Cli;

/// <summary>`routing bgp check`.</summary>
[TestFixture]
internal sealed class BgpCheckVerbTests
{
    private const string Own = """
        apiVersion: routing.dev/v1alpha1
        kind: BGPConfiguration
        metadata: {name: default}
        spec: {asNumber: 65000, routerID: 127.0.0.1}
        """;

    private string _folder = "";

    [SetUp]
    public void MakeFolder() => _folder = Directory.CreateTempSubdirectory("bgp-check-").FullName;

    [TearDown]
    public void RemoveFolder() => Directory.Delete(_folder, recursive: true);

    [Test]
    public async Task A_file_that_can_be_served_is_valid()
    {
        var (code, output, error) = await RunAsync(Write("a.yaml", Own));
        Assert.That((code, output, error), Is.EqualTo((0, "a.yaml: valid: AS 65000, 0 neighbours\n", "")));
    }

    [Test]
    public async Task Every_error_of_every_file_is_told_at_once()
    {
        var first = Write("a.yaml", Own + Objects("""
            kind: BGPPeer
            metadata: {name: p}
            spec: {peerIP: 192.0.2.1, asNumber: 0, filters: [nope]}
            """, """
            kind: BGPFilter
            metadata: {name: f}
            spec:
              importV4:
              - {action: Acept}
              - {action: Reject, cidr: 10.0.0.0/8}
            """));
        var (code, output, error) = await RunAsync(first, Write("b.yaml", Own.Replace("65000", "0", StringComparison.Ordinal)));
        Assert.That(code, Is.EqualTo(ExitCode.Failed));
        Assert.That(output, Is.EqualTo("a.yaml: not valid: 3 errors\nb.yaml: not valid: 1 error\n"));
        Assert.That(error.Split('\n', StringSplitOptions.RemoveEmptyEntries), Is.EqualTo(new[]
        {
            "routing: a.yaml:9: BGPPeer p: spec.asNumber: '0' is not allowed; a whole number from 1 to 4294967295",
            "routing: a.yaml:16: BGPFilter f: spec.importV4[0].action: 'Acept' is not allowed; one of Accept, Reject, Next",
            "routing: a.yaml:17: BGPFilter f: spec.importV4[1].matchOperator: missing; cidr and matchOperator come together",
            "routing: b.yaml:4: BGPConfiguration default: spec.asNumber: '0' is not allowed; a whole number from 1 to 4294967295",
        }));
    }

    [TestCase("kind: BGPPeer\nmetadata: {name: p}\nspec: {peerIP: 192.0.2.1, asNumber: 65001}",
        "8: warning: BGPPeer p: metadata.name: no filter has rules in importV4, importV6, exportV4, exportV6, where every route passes: RFC 8212 advises",
        TestName = "RFC 8212: a neighbour in another AS without filters")]
    [TestCase("kind: BGPPeer\nmetadata: {name: p}\nspec: {peerIP: 192.0.2.1, asNumber: 65000, filters: [f]}\n---\nkind: BGPFilter\n"
        + "metadata: {name: f}\nspec: {importV4: [{action: Reject}]}",
        "9: warning: BGPPeer p: spec.filters: no filter has rules in importV6, exportV4, exportV6",
        TestName = "A family that the filters forget")]
    [TestCase("kind: BGPFilter\nmetadata: {name: f}\nspec: {}", "8: warning: BGPFilter f: metadata.name: no BGPPeer names this filter",
        TestName = "A filter that nobody names")]
    [TestCase("kind: BGPPeerGroup\nmetadata: {name: g}\nspec: {}", "8: warning: BGPPeerGroup g: metadata.name: no BGPPeer names this group",
        TestName = "A group that nobody names")]
    [TestCase("kind: BGPFilter\nmetadata: {name: f}\nspec:\n  importV4:\n  - {action: Accept}\n  - {action: Reject}",
        "12: warning: BGPFilter f: spec.importV4[1]: no route comes here: importV4[0] decides about every one",
        TestName = "A rule behind one that decides about every route")]
    [TestCase("kind: BGPFilter\nmetadata: {name: f}\nspec:\n  importV4:\n  - {action: Accept, source: Local}",
        "11: warning: BGPFilter f: spec.importV4[0].source: a rule for imports that can match nothing",
        TestName = "A source that nothing comes from")]
    [TestCase("kind: BGPFilter\nmetadata: {name: f}\nspec:\n  importV4:\n  - {action: Next}",
        "11: warning: BGPFilter f: spec.importV4[0].action: Next without operations", TestName = "A rule without effect")]
    [TestCase("kind: BGPFilter\nmetadata: {name: f}\nspec: {communitySets: [{name: s, values: []}]}",
        "9: warning: BGPFilter f: spec.communitySets[0].name: no rule names s in sets", TestName = "A set that no rule names")]
    [TestCase("kind: BGPFilter\nmetadata: {name: f}\nspec:\n  exportV4:\n  - {action: Next, operations: [{setWeight: {value: 1}}]}",
        "11: warning: BGPFilter f: spec.exportV4[0].operations: setWeight and setPriority count for routes that come in",
        TestName = "A weight for others")]
    [TestCase("kind: BGPPeer\nmetadata: {name: p}\nspec: {peerIP: 192.0.2.1, asNumber: 65001, filters: [f]}\n---\nkind: BGPFilter\n"
        + "metadata: {name: f}\nspec:\n  exportV4:\n  - {action: Next, peerType: iBGP, operations: [{setLocalPreference: {value: 1}}]}",
        "16: warning: BGPFilter f: spec.exportV4[0].peerType: a rule that can match nothing", TestName = "A kind that no neighbour is of")]
    [TestCase("kind: BGPPeer\nmetadata: {name: p}\nspec: {peerIP: 192.0.2.1, asNumber: 65001, filters: [f]}\n---\nkind: BGPFilter\n"
        + "metadata: {name: f}\nspec:\n  exportV4:\n  - {action: Next, operations: [{setLocalPreference: {value: 1}}]}",
        "16: warning: BGPFilter f: spec.exportV4[0].operations: a local preference that nobody is told",
        TestName = "RFC 4271 §5.1.5: a local preference for another AS")]
    [TestCase("kind: BGPPeer\nmetadata: {name: p}\nspec: {peerIP: 192.0.2.1, asNumber: 65001, role: Provider}\n---\nkind: BGPPeer\n"
        + "metadata: {name: q}\nspec: {peerIP: 192.0.2.2, asNumber: 65001, role: Customer}",
        "14: warning: BGPPeer q: spec.role: Customer towards AS 65001, to which we are Provider by p",
        TestName = "RFC 9234 §4.1: two roles towards one AS")]
    [TestCase("kind: BGPFilter\nmetadata: {name: f}\nspec:\n  importV4:\n  - {action: Reject, originValidation: Invalid}",
        "11: warning: BGPFilter f: spec.importV4[0].originValidation: every route is NotFound",
        TestName = "RFC 6811 §2: origin validation without payloads")]
    public async Task What_is_hardly_meant_is_a_warning(string objects, string warning)
    {
        var text = Own + Objects(objects.Split("\n---\n"));
        var (code, output, error) = await RunAsync(Write("a.yaml", text));
        Assert.That(code, Is.Zero, error);
        Assert.That(error, Does.Contain($"routing: a.yaml:{warning}"));
        Assert.That(output, Does.Match("^a.yaml: valid: AS 65000, . neighbours?, .+ warnings?\n$"));
        Assert.That((await RunAsync("--strict", "a.yaml")).Code, Is.EqualTo(ExitCode.Failed));
    }

    [Test]
    public async Task Where_a_policy_is_required_a_neighbour_without_one_is_told_nothing() // RFC 8212 §2
    {
        var path = Write("a.yaml", Own.Replace("routerID", "ebgpRequiresPolicy: true, routerID", StringComparison.Ordinal)
            + Objects("kind: BGPPeer\nmetadata: {name: p}\nspec: {peerIP: 192.0.2.1, asNumber: 65001}"));
        Assert.That((await RunAsync(path)).Error.Split('\n', StringSplitOptions.RemoveEmptyEntries), Is.EqualTo(new[]
        {
            "routing: a.yaml:8: warning: BGPPeer p: metadata.name: no filter has rules in importV4, importV6: no route passes, as "
                + "ebgpRequiresPolicy has it (RFC 8212 §2)",
            "routing: a.yaml:8: warning: BGPPeer p: metadata.name: no filter has rules in exportV4, exportV6: no route passes, as "
                + "ebgpRequiresPolicy has it (RFC 8212 §2)",
        }));
    }

    [Test]
    public async Task A_program_gets_line_field_value_and_what_is_allowed()
    {
        var path = Write("a.yaml", Own + Objects("kind: BGPPeer\nmetadata: {name: p}\nspec: {peerIP: 192.0.2.1, asNumber: 65001, holdTime: 1s}"));
        var (code, output, error) = await RunAsync(path, "-o", "json");
        Assert.That((code, error), Is.EqualTo((ExitCode.Failed, "")));
        var file = JsonNode.Parse(output)!["files"]![0]!;
        Assert.That(((string)file["file"]!, (bool)file["valid"]!), Is.EqualTo(("a.yaml", false)));
        var problem = file["errors"]!.AsArray().Single()!;
        Assert.That(
            ((string)problem["file"]!, (int)problem["line"]!, (string)problem["object"]!, (string)problem["field"]!, (string)problem["value"]!),
            Is.EqualTo(("a.yaml", 9, "BGPPeer p", "spec.holdTime", "1s")));
        Assert.That((string)problem["allowed"]!, Is.EqualTo("0s or 3s to 65535s (RFC 4271 §4.2)"));
    }

    [TestCase("nope.yaml", TestName = "No such file")]
    [TestCase("--strict", TestName = "No file")]
    [TestCase("-o xml a.yaml", TestName = "No such format")]
    public async Task Wrong_usage_is_2(string arguments)
    {
        Write("a.yaml", Own);
        Assert.That((await RunAsync(arguments.Split(' '))).Code, Is.EqualTo(ExitCode.Usage));
    }

    private static string Objects(params string[] objects) =>
        string.Concat(objects.Select(one => $"\n---\napiVersion: routing.dev/v1alpha1\n{one}"));

    private string Write(string name, string text)
    {
        File.WriteAllText(Path.Combine(_folder, name), text);
        return name;
    }

    /// <summary>Runs the verb; file names are those of the test's folder, and shown without it.</summary>
    private async Task<(int Code, string Output, string Error)> RunAsync(params string[] arguments)
    {
        using var output = new StringWriter();
        using var error = new StringWriter();
        string[] full = [.. arguments.Select(word => word.EndsWith(".yaml", StringComparison.Ordinal) ? Path.Combine(_folder, word) : word)];
        string[] options = [.. full.Where(word => !word.EndsWith(".yaml", StringComparison.Ordinal))];
        string[] files = [.. full.Except(options)];
        string[] line = files.Length == 0 ? ["bgp", "check", .. options] : ["bgp", "check", "--config", .. files, .. options];
        var code = await CommandLine.RunAsync(line, output, error);
        return (code, Short(output), Short(error));

        string Short(StringWriter writer) => writer.ToString().Replace($"{_folder}/", "", StringComparison.Ordinal);
    }
}
