using System.Text.Json.Nodes;
using Routing.Agent.Cli;

namespace Routing.Tests.Policy.Cli;

public class CalicoVerbTests
{
    private static readonly string Cluster = Repository.PathOf("Routing.Tests/Golden/policy/calico/cluster.yaml");

    [TestCase("shop/db", "shop/web", "\"protocol\":\"TCP\",\"port\":80", "Allow", TestName = "Eval: a selector, an account and a named port")]
    [TestCase("shop/db", "shop/web", "\"protocol\":\"TCP\",\"port\":8001", "Allow", TestName = "Eval: an excepted port falls to the end of the tier")]
    [TestCase("10.9.9.9", "shop/web", "\"protocol\":\"ICMP\",\"type\":8,\"code\":0", "Allow", TestName = "Eval: a message of ICMP")]
    [TestCase("203.0.113.1", "shop/web", "\"protocol\":\"TCP\",\"port\":80", "Allow", TestName = "Eval: a tier that passes at its end")]
    [TestCase("shop/web", "shop/db", "\"protocol\":47", "Deny", TestName = "Eval: a protocol's number")]
    [TestCase("shop/web", "shop/db", "\"protocol\":\"UDP\",\"port\":53,\"sourcePort\":53", "Allow", TestName = "Eval: a source port")]
    public async Task Calicos_kinds_are_judged(string from, string to, string what, string expected)
    {
        var answer = await EvalAsync($$"""{"from":"{{from}}","to":"{{to}}",{{what}}}""");
        Assert.That((string?)answer["verdict"], Is.EqualTo(expected), () => $"{answer}");
    }

    [Test]
    public async Task Staged_policies_are_judged_when_asked_for()
    {
        const string flow = """{"from":"10.9.9.9","to":"shop/db","protocol":"TCP","port":1}""";
        Assert.That((string?)(await EvalAsync(flow))["verdict"], Is.EqualTo("Allow"));
        var staged = await EvalAsync(flow, "--staged");
        Assert.That((string?)staged["verdict"], Is.EqualTo("Deny"));
        Assert.That((string?)staged["reasons"]![1]!["kind"], Is.EqualTo("StagedGlobalNetworkPolicy"));
    }

    [Test]
    public async Task A_mistake_in_a_selector_is_named_with_line_and_character()
    {
        using var temp = new TempFile(File.ReadAllText(Cluster).Replace("selector: app == 'db'", "selector: app = 'db'", StringComparison.Ordinal));
        var (code, _, error) = await Run(["policy", "compile", "-f", temp.Path, "--node", "n1"]);
        Assert.That(code, Is.EqualTo(ExitCode.Usage));
        Assert.That(error, Does.Contain(":67: StagedGlobalNetworkPolicy would-close: spec.selector: 'app = 'db'' is not allowed; at character 5: expected"));
    }

    [Test]
    public async Task In_the_rules_of_a_node_staged_policies_count_and_close_nothing()
    {
        var (code, output, error) = await Run(["policy", "compile", "-f", Cluster, "--node", "n1"]);
        Assert.That((code, error), Is.EqualTo((ExitCode.Success, "")));
        Assert.That(output, Does.Contain("security.web").And.Contain("would-close"));
        var counted = output.Split("-staged {\n").Skip(1).Select(rest => rest[..rest.IndexOf('}', StringComparison.Ordinal)]).ToList();
        Assert.That(counted, Is.Not.Empty.And.All.Contain("accept").And.None.Contain("drop"));
    }

    private static async Task<JsonNode> EvalAsync(string flow, params string[] options)
    {
        using var flows = new TempFile(flow);
        var (code, output, error) = await Run(["policy", "eval", "-f", Cluster, "--flows", flows.Path, "--json", .. options]);
        Assert.That((code, error), Is.EqualTo((ExitCode.Success, "")));
        return JsonNode.Parse(output)!;
    }

    private static async Task<(int Code, string Output, string Error)> Run(string[] arguments)
    {
        using var output = new StringWriter { NewLine = "\n" };
        using var error = new StringWriter { NewLine = "\n" };
        var code = await CommandLine.RunAsync(arguments, output, error);
        return (code, output.ToString(), error.ToString());
    }

    private sealed class TempFile : IDisposable
    {
        private readonly string _folder = Directory.CreateTempSubdirectory("routing-test-").FullName;

        public TempFile(string text) => File.WriteAllText(Path, text);

        public string Path => System.IO.Path.Combine(_folder, "file.yaml");

        public void Dispose() => Directory.Delete(_folder, recursive: true);
    }
}
