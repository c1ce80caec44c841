using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Routing.Agent.Cli;
using Routing.Agent.Lint;
using Routing.Tests.Golden;

namespace Routing.Tests.Policy.Cli;

public partial class PolicyLintTests
{
    private static readonly string Cluster = Repository.PathOf("Routing.Tests/Golden/policy/lint/cluster.yaml");
    private static readonly string Hosts = Repository.PathOf("Routing.Tests/Golden/policy/lint/hosts.yaml");
    private static readonly string Deep = Repository.PathOf("Routing.Tests/Golden/policy/lint/deep.yaml");
    private static readonly string Explained = Repository.PathOf("Routing.Tests/Golden/policy/explain/cluster.yaml");

    [TestCase("cluster", "findings")]
    [TestCase("tiers", "tiers-findings")]
    [TestCase("calico", "calico-findings")]
    [TestCase("hosts", "hosts-findings")]
    [TestCase("deep", "deep-findings")]
    public async Task Every_line_is_found_that_earned_a_code(string name, string golden)
    {
        var file = Repository.PathOf($"Routing.Tests/Golden/policy/lint/{name}.yaml");
        var (code, output, error) = await Run("-f", file);
        Assert.That((code, error), Is.EqualTo((ExitCode.Failed, "")));
        GoldenFile.Verify($"policy/lint/{golden}.txt", output.Replace(Repository.Root + "/", "", StringComparison.Ordinal));

        // A comment in the file names the code that the line earns.
        var expected = File.ReadAllLines(file).Index().Select(line => (Line: line.Index + 1, Code().Match(line.Item).Groups["code"].Value))
            .Where(one => LintCode.Codes.Any(known => known.Name == one.Value)).ToList();
        var found = (await FindingsAsync(file)).Select(one => (Line: (int)one!["line"]!, Value: (string)one["code"]!))
            .Where(one => one.Value != LintCode.PodNotSelected.Name).ToList();
        Assert.That(found, Is.EquivalentTo(expected));
    }

    [Test]
    public async Task Every_code_is_found() => Assert.That(
        (await FindingsAsync(Cluster)).Concat(await FindingsAsync(Hosts)).Concat(await FindingsAsync(Deep)).Select(one => (string)one!["code"]!).Distinct(),
        Is.EquivalentTo(LintCode.Codes.Select(one => one.Name)));

    [Test]
    public async Task Codes_are_ignored_by_name()
    {
        var (code, output, _) = await Run(["-f", Cluster, "--ignore", .. LintCode.Codes.Select(one => one.Name)]);
        Assert.That((code, output), Is.EqualTo((ExitCode.Success, "nothing found\n")));
        (code, output, _) = await Run(["-f", Cluster, .. LintCode.Codes.Skip(1).SelectMany(one => new[] { "--ignore", one.Name })]);
        Assert.That(code, Is.EqualTo(ExitCode.Failed));
        Assert.That(output, Does.Contain(" warning selects-no-pod: NetworkPolicy shop/nobody: spec.podSelector: ").And.EndWith("\n1 warning, 0 of information\n"));
    }

    [Test]
    public async Task Policies_without_any_pods_are_judged_by_their_shape_alone()
    {
        var folder = Directory.CreateTempSubdirectory("routing-test-").FullName;
        try
        {
            await File.WriteAllTextAsync(Path.Combine(folder, "one.yaml"), """
                apiVersion: networking.k8s.io/v1
                kind: NetworkPolicy
                metadata: {name: one, namespace: shop}
                spec: {podSelector: {matchLabels: {app: web}}, ingress: [{from: [], ports: [{port: 1}]}]}
                """);
            var (code, output, _) = await Run("-f", folder, "--json");
            Assert.That(code, Is.EqualTo(ExitCode.Failed));
            Assert.That(JsonNode.Parse(output)!["findings"]!.AsArray().Select(one => (string)one!["code"]!), Is.EqualTo(new[] { "empty-list" }));
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    [Test]
    public async Task A_sound_cluster_has_nothing_but_the_pods_that_no_policy_selects()
    {
        var (_, output, _) = await Run("-f", Explained, "--ignore", "pod-not-selected", "--ignore", "egress-without-dns");
        Assert.That(output, Is.EqualTo("nothing found\n"));
    }

    [Test]
    public async Task An_unknown_code_is_a_wrong_flag()
    {
        var (code, _, error) = await Run("-f", Cluster, "--ignore", "all");
        Assert.That(code, Is.EqualTo(ExitCode.Usage));
        Assert.That(error, Does.Contain("'all' not recognized").And.Contain("selects-no-pod"));
    }

    private static async Task<JsonArray> FindingsAsync(string file) =>
        JsonNode.Parse((await Run("-f", file, "--json")).Output)!["findings"]!.AsArray();

    private static async Task<(int Code, string Output, string Error)> Run(params string[] arguments)
    {
        using var output = new StringWriter { NewLine = "\n" };
        using var error = new StringWriter { NewLine = "\n" };
        var code = await CommandLine.RunAsync(["policy", "lint", .. arguments], output, error);
        return (code, output.ToString(), error.ToString());
    }

    [GeneratedRegex("# (?<code>[a-z-]+)$")]
    private static partial Regex Code();
}
