using System.Text.Json.Nodes;
using Routing.Agent.Cli;
using Routing.Tests.Lab.Api;

namespace Routing.Tests.Policy.Cli;

/// <summary>A live cluster as the source of `routing policy`: the lab API over its kubeconfig.</summary>
internal sealed class LiveClusterTests
{
    private TestApi _api = null!;
    private string _temp = "";

    [SetUp]
    public async Task Start()
    {
        _temp = Directory.CreateTempSubdirectory("routing-test-").FullName;
        _api = await TestApi.StartAsync();
        await _api.OkAsync("POST", "/api/v1/namespaces", """{"metadata":{"name":"shop"}}""");
        foreach (var (name, ip) in new[] { ("web", "10.1.0.1"), ("db", "10.1.0.2") })
        {
            await _api.OkAsync("POST", "/api/v1/namespaces/shop/pods", $$$"""
                {"metadata":{"name":"{{{name}}}","labels":{"app":"{{{name}}}"}},"spec":{"nodeName":"n1","containers":[{"name":"c","image":"i"}]}}
                """);
            await _api.OkAsync("PATCH", $"/api/v1/namespaces/shop/pods/{name}/status", $$$"""
                {"status":{"phase":"Running","podIP":"{{{ip}}}","podIPs":[{"ip":"{{{ip}}}"}]}}
                """, "application/merge-patch+json");
        }

        await _api.OkAsync("POST", "/apis/networking.k8s.io/v1/namespaces/shop/networkpolicies", """
            {"metadata":{"name":"db"},"spec":{"podSelector":{"matchLabels":{"app":"db"}},"ingress":[{"from":[{"podSelector":{"matchLabels":{"app":"web"}}}],"ports":[{"port":5432}]}]}}
            """);
    }

    [TearDown]
    public async Task Stop()
    {
        await _api.DisposeAsync();
        Directory.Delete(_temp, recursive: true);
    }

    [Test]
    public async Task A_live_cluster_is_explained_without_files()
    {
        var (code, output, error) = await Run("--expect", "allow", "--json");
        Assert.That((code, error), Is.EqualTo((ExitCode.Success, "")));
        var reason = JsonNode.Parse(output)!["families"]![0]!["ingress"]!["reasons"]![0]!;
        Assert.That(((string?)reason["policy"], (string?)reason["field"]), Is.EqualTo(("shop/db", "spec.ingress[0]")));
        Assert.That(reason["line"], Is.Null, "an object of the API server has no line");
    }

    [Test]
    public async Task Files_are_laid_over_a_live_cluster()
    {
        var file = Path.Combine(_temp, "new.yaml");
        await File.WriteAllTextAsync(file, """
            apiVersion: networking.k8s.io/v1
            kind: NetworkPolicy
            metadata: {name: db, namespace: shop}
            spec: {podSelector: {matchLabels: {app: db}}, policyTypes: [Ingress]}
            """);
        var (code, output, error) = await Run("-f", file, "--expect", "deny");
        Assert.That((code, error), Is.EqualTo((ExitCode.Success, "")));
        Assert.That(output, Does.Contain($"NetworkPolicy shop/db has no ingress rules: it isolates only  {file}:3"));
    }

    [Test]
    public async Task Compile_and_eval_read_it_too()
    {
        var flows = Path.Combine(_temp, "flows");
        await File.WriteAllTextAsync(flows, """{"from":"shop/web","to":"shop/db","protocol":"TCP","port":5433}""");
        var eval = await RunVerb("eval", "--flows", flows, "--json");
        Assert.That((eval.Code, eval.Error), Is.EqualTo((ExitCode.Success, "")));
        Assert.That((string?)JsonNode.Parse(eval.Output)!["verdict"], Is.EqualTo("Deny"));
        var compile = await RunVerb("compile", "--node", "n1");
        Assert.That((compile.Code, compile.Error), Is.EqualTo((ExitCode.Success, "")));
        Assert.That(compile.Output, Does.Contain("10.1.0.1 . tcp . 5432").Or.Contain("10.1.0.1 . 6 . 5432"));
    }

    [Test]
    public async Task Diff_lays_files_over_the_cluster_or_with_prune_puts_them_in_its_place()
    {
        var file = Path.Combine(_temp, "more.yaml");
        await File.WriteAllTextAsync(file, """
            apiVersion: networking.k8s.io/v1
            kind: NetworkPolicy
            metadata: {name: more, namespace: shop}
            spec: {podSelector: {matchLabels: {app: db}}, ingress: [{ports: [{port: 9999}]}]}
            """);
        var added = await RunVerb("diff", "-f", file);
        Assert.That((added.Code, added.Error), Is.EqualTo((ExitCode.Failed, "")));
        Assert.That(added.Output, Does.Contain("+ gained").And.Contain(": TCP 9999").And.Not.Contain("lost  "));
        var pruned = await RunVerb("diff", "-f", file, "--prune");
        Assert.That(pruned.Code, Is.EqualTo(ExitCode.Failed));
        Assert.That(pruned.Output, Does.Contain("NetworkPolicy shop/db (removed)\n  - lost    app shop/web -> app shop/db: TCP 5432\n"));
    }

    [Test]
    public async Task What_cannot_be_read_is_said_in_a_line()
    {
        var missing = Path.Combine(_temp, "none");
        var (code, _, error) = await CommandLineRun("policy", "explain", "--kubeconfig", missing, "--from", "a/b", "--to", "a/c", "--port", "1");
        Assert.That((code, error), Is.EqualTo((ExitCode.Usage, $"routing: --kubeconfig '{missing}': no such file\n")));
        (code, _, error) = await Run("--context", "other");
        Assert.That(code, Is.EqualTo(ExitCode.Usage));
        Assert.That(error, Does.Contain("other"));
        await _api.Server.DisposeAsync();
        (code, _, error) = await Run();
        Assert.That(code, Is.EqualTo(ExitCode.Failed));
        Assert.That(error, Does.StartWith("routing: API server https://"));
        Assert.That(error.TrimEnd().Split('\n'), Has.Length.EqualTo(1));
    }

    private Task<(int Code, string Output, string Error)> Run(params string[] arguments) =>
        RunVerb("explain", ["--from", "shop/web", "--to", "shop/db", "--port", "5432", .. arguments]);

    private Task<(int Code, string Output, string Error)> RunVerb(string verb, params string[] arguments) =>
        CommandLineRun(["policy", verb, "--kubeconfig", _api.Kubeconfig, .. arguments]);

    private static async Task<(int Code, string Output, string Error)> CommandLineRun(params string[] arguments)
    {
        using var output = new StringWriter { NewLine = "\n" };
        using var error = new StringWriter { NewLine = "\n" };
        var code = await CommandLine.RunAsync(arguments, output, error);
        return (code, output.ToString(), error.ToString());
    }
}
