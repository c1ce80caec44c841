using System.Text.Json.Nodes;

namespace Routing.Tests.Lab;

/// <summary>`routing lab --once`: the whole of it, with every ToR.</summary>
[TestFixture]
[Category("Netns")]
[Category("Interop")]
public sealed class LabOnceTests : LabFixture
{
    [TestCase("routing", null)]
    [TestCase("bird", "bird")]
    [TestCase("frr", "bgpd")]
    [TestCase("gobgp", "gobgpd")]
    public async Task Everything_is_as_policy_says_and_nothing_stays_with_tor(string tor, string? tool)
    {
        if (tool is not null)
        {
            Requires.Tool(tool);
        }

        var before = MachineState.Read(Machine);

        var (exitCode, output, error) = await LabRun.ToEndAsync(Machine, "lab", "--once", "--tor", tor, "--json");

        Assert.That(exitCode, Is.Zero, $"{error}\n{output}");
        Assert.That(MachineState.Read(Machine), Is.EqualTo(before));
        CheckReport(JsonNode.Parse(output)!, tor);
    }

    /// <summary>Calico's objects as they stand in a cluster that has run it: the new store is defined and empty.</summary>
    [Test]
    public async Task Calicos_old_store_is_enforced_while_nothing_is_said_of_the_new_one()
    {
        var folder = Directory.CreateTempSubdirectory("routing-lab-");
        try
        {
            var examples = new DirectoryInfo(Repository.PathOf("examples/lab")).GetFiles().Append(new FileInfo(Repository.PathOf("examples/policies/calico.yaml")));
            foreach (var file in examples)
            {
                var text = await File.ReadAllTextAsync(file.FullName);
                await File.WriteAllTextAsync(
                    Path.Combine(folder.FullName, file.Name), text.Replace(" projectcalico.org/v3", " crd.projectcalico.org/v1", StringComparison.Ordinal));
            }

            var (exitCode, output, error) = await LabRun.ToEndAsync(Machine, "lab", "--once", "--json", "-f", folder.FullName);

            Assert.That(exitCode, Is.Zero, $"{error}\n{output}");
            var flows = JsonNode.Parse(output)!["matrix"]!["flows"]!.AsArray();
            var denied = flows.Where(flow => $"{flow!["from"]}" == "ops/prometheus" && $"{flow["to"]}" == "shop/frontend-1").ToList();
            Assert.That(denied, Is.Not.Empty);
            Assert.That(denied.Select(flow => flow!["expected"]!.GetValue<bool>()), Is.All.False, "packets agree, or the exit code would not be 0");
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    private static void CheckReport(JsonNode report, string tor) => Assert.Multiple(() =>
    {
        Assert.That(report["ok"]!.GetValue<bool>(), Is.True);
        Assert.That(Texts(report["sessions"]!, "state"), Has.Count.EqualTo(6).And.All.EqualTo("Established"));
        Assert.That(report["tor"]!["software"]!.GetValue<string>(), Is.EqualTo(tor));
        Assert.That(Texts(report["tor"]!["routes"]!, "prefix"), Is.SupersetOf(
            Enumerable.Range(1, 3).SelectMany(n => new[] { $"10.244.{n}.0/24", $"fd00:10:244:{n}::/64" })));
        Assert.That(Texts(report["pods"]!, "phase"), Has.Count.EqualTo(12).And.All.EqualTo("Running"));
        Assert.That(report["matrix"]!["flows"]!.AsArray(), Has.Count.EqualTo(1008));
        Assert.That(report["matrix"]!["disagreeing"]!.GetValue<int>(), Is.Zero);
        Assert.That(report["matrix"]!["allowed"]!.GetValue<int>(), Is.EqualTo(460), "both verdicts are well represented");
        Assert.That(report["times"]!["adds"]!.GetValue<int>(), Is.EqualTo(12));
        Assert.That(report["times"]!["addMedianMilliseconds"]!.GetValue<double>(), Is.Positive);
        Assert.That(report["times"]!["policyToDenyMilliseconds"]!.GetValue<double>(), Is.Positive);
        Assert.That(report["times"]!["policyToAllowMilliseconds"]!.GetValue<double>(), Is.Positive);
    });

    private static List<string> Texts(JsonNode array, string field) =>
        [.. array.AsArray().Select(item => item![field]!.GetValue<string>())];
}
