using System.Text.Json.Nodes;
using System.Xml.Linq;
using Routing.Agent.Cli;
using Routing.Tests.Golden;

namespace Routing.Tests.Policy.Cli;

public class PolicyDiffTests
{
    private static readonly string Old = Repository.PathOf("Routing.Tests/Golden/policy/explain/cluster.yaml");
    private static readonly string New = Repository.PathOf("Routing.Tests/Golden/policy/diff/new.yaml");

    [Test]
    public async Task Diff_groups_what_is_gained_and_lost_by_policy_and_workload()
    {
        var (code, output, error) = await Run("diff", "--old", Old, "-f", New);
        Assert.That((code, error), Is.EqualTo((ExitCode.Failed, "")));
        GoldenFile.Verify("policy/diff/diff.txt", output.Replace(Repository.Root + "/", "", StringComparison.Ordinal));
        var back = await Run("diff", "--old", New, "-f", Old);
        Assert.That(Flip(back.Output), Is.EquivalentTo(Flip(output).Select(line => line.Replace("+ gained", "x", StringComparison.Ordinal)
            .Replace("- lost  ", "+ gained", StringComparison.Ordinal).Replace("x", "- lost  ", StringComparison.Ordinal))));
    }

    [Test]
    public async Task Diff_as_json_names_policies_addresses_and_pairs()
    {
        var (code, output, _) = await Run("diff", "--old", Old, "-f", New, "--json");
        Assert.That(code, Is.EqualTo(ExitCode.Failed));
        var changes = JsonNode.Parse(output)!["changes"]!.AsArray();
        var world = changes.Single(change => (string?)change!["change"] == "lost" && (string?)change["to"] == "(world)")!;
        Assert.That(
            ((string?)world["from"], (string?)world["addresses"]![0], (string?)world["policies"]![0]!["policy"], (string?)world["policies"]![0]!["file"], (int)world["pairs"]!),
            Is.EqualTo(("app shop/web", "10.0.0.0/8", "shop/web", New, 2)));
    }

    [Test]
    public async Task Host_endpoints_are_ends_of_their_own()
    {
        var (old, now) = (Repository.PathOf("Routing.Tests/Golden/policy/diff/hosts-old.yaml"), Repository.PathOf("Routing.Tests/Golden/policy/diff/hosts-new.yaml"));
        var (code, output, error) = await Run("diff", "--old", old, "-f", now);
        Assert.That((code, error), Is.EqualTo((ExitCode.Failed, "")));
        GoldenFile.Verify("policy/diff/hosts.txt", output.Replace(Repository.Root + "/", "", StringComparison.Ordinal));
        (code, output, error) = await Run("matrix", "-f", now);
        Assert.That((code, error), Is.EqualTo((ExitCode.Success, "")));
        GoldenFile.Verify("policy/matrix/hosts.txt", output);
    }

    [Test]
    public async Task The_same_again_is_no_change()
    {
        var (code, output, error) = await Run("diff", "--old", Old, "-f", Old);
        Assert.That((code, output, error), Is.EqualTo((ExitCode.Success, "no flow is gained or lost\n", "")));
    }

    [Test]
    public async Task A_change_that_no_flow_can_tell_of_is_named_and_a_namespace_that_one_side_describes_holds_for_both()
    {
        var folder = Directory.CreateTempSubdirectory("routing-test-").FullName;
        try
        {
            var (old, now) = (Path.Combine(folder, "old.yaml"), Path.Combine(folder, "new.yaml"));
            await File.WriteAllTextAsync(old, """
                {apiVersion: v1, kind: Pod, metadata: {name: web, namespace: shop}, status: {podIP: 10.0.0.1}}
                ---
                {apiVersion: v1, kind: Pod, metadata: {name: probe, namespace: ops}, status: {podIP: 10.0.0.2}}
                ---
                apiVersion: networking.k8s.io/v1
                kind: NetworkPolicy
                metadata: {name: web, namespace: shop}
                spec: {podSelector: {}, ingress: [{from: [{namespaceSelector: {matchLabels: {team: ops}}}]}]}
                """);
            await File.WriteAllTextAsync(now, """
                {apiVersion: v1, kind: Namespace, metadata: {name: ops, labels: {team: ops}}}
                ---
                apiVersion: networking.k8s.io/v1
                kind: NetworkPolicy
                metadata: {name: elsewhere, namespace: bank}
                spec: {podSelector: {}}
                ---
                """ + $"\n{await File.ReadAllTextAsync(old)}");
            var (code, output, error) = await Run("diff", "--old", old, "-f", now);
            Assert.That((code, output), Is.EqualTo((ExitCode.Success, "no flow is gained or lost\n")));
            Assert.That(error, Is.EqualTo(
                $"routing: {now}:5: NetworkPolicy bank/elsewhere: changed, and it selects nothing here: what it gains or loses cannot be told\n"));
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    [TestCase("diff needs -f PATH", "diff")]
    [TestCase("--prune is for a live cluster", "diff", "-f", "a.yaml", "--old", "b.yaml", "--prune")]
    [TestCase("exclude each other", "diff", "-f", "a.yaml", "--old", "b.yaml", "--context", "c")]
    [TestCase("a.yaml: cannot be read", "diff", "-f", "a.yaml", "--old", "Routing.Tests/none.yaml")]
    [TestCase("'planet' not recognized", "matrix", "-f", "a.yaml", "--by", "planet")]
    [TestCase("'pdf' not recognized", "matrix", "-f", "a.yaml", "-o", "pdf")]
    [TestCase("--port 'http' is not allowed", "matrix", "-f", "a.yaml", "--port", "http")]
    public async Task Wrong_flags_are_named(string expected, params string[] arguments)
    {
        var (code, output, error) = await Run(arguments);
        Assert.That((code, output), Is.EqualTo((ExitCode.Usage, "")));
        Assert.That(error, Does.Contain(expected));
    }

    [TestCase("namespace.txt")]
    [TestCase("workload.txt", "--by", "workload")]
    [TestCase("pod-8080.txt", "--by", "pod", "--port", "8080")]
    [TestCase("workload.csv", "--by", "workload", "-o", "csv")]
    [TestCase("namespace.json", "-o", "json")]
    [TestCase("workload.svg", "--by", "workload", "-o", "svg")]
    public async Task Matrix_shows_who_may_talk_to_whom(string golden, params string[] options)
    {
        var (code, output, error) = await Run(["matrix", "-f", Old, .. options]);
        Assert.That((code, error), Is.EqualTo((ExitCode.Success, "")));
        GoldenFile.Verify($"policy/matrix/{golden}", output);
        if (golden.EndsWith("svg", StringComparison.Ordinal))
        {
            Assert.That(XDocument.Parse(output).Descendants().Count(one => one.Name.LocalName == "rect" && one.HasElements), Is.EqualTo(25));
        }
    }

    [Test]
    public async Task A_picture_of_one_port_says_which()
    {
        var (_, output, _) = await Run("matrix", "-f", Old, "--port", "5432", "-o", "svg");
        Assert.That(XDocument.Parse(output).Descendants().Select(one => one.Value), Has.Member("TCP 5432: yes").And.Member("TCP 5432: no"));
    }

    private static IEnumerable<string> Flip(string output) =>
        output.Split('\n').Where(line => line.StartsWith("  ", StringComparison.Ordinal));

    private static async Task<(int Code, string Output, string Error)> Run(params string[] arguments)
    {
        using var output = new StringWriter { NewLine = "\n" };
        using var error = new StringWriter { NewLine = "\n" };
        var code = await CommandLine.RunAsync(["policy", .. arguments], output, error);
        return (code, output.ToString(), error.ToString());
    }
}
