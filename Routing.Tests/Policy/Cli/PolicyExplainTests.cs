using System.Text.Json.Nodes;
using Routing.Agent.Cli;
using Routing.Tests.Golden;

namespace Routing.Tests.Policy.Cli;

public class PolicyExplainTests
{
    private static readonly string Folder = "Routing.Tests/Golden/policy/explain";

    [TestCase("web-db", "shop/web-0", "shop/db", "5432/tcp", ExitCode.Success)]
    [TestCase("web-db-wrong-port", "shop/web-0", "shop/db", "22", ExitCode.Failed)]
    [TestCase("world-web", "192.0.2.70", "shop/web-0", "80/tcp", ExitCode.Failed)]
    [TestCase("tiers", "ops/probe", "shop/db", "5432", ExitCode.Failed)]
    [TestCase("passed", "ops/probe", "shop/web-0", "8080", ExitCode.Success)]
    [TestCase("families", "shop/web-0", "2001:db8::7", "443", ExitCode.Failed)]
    [TestCase("template", "shop/api", "shop/db", "5432", ExitCode.Failed)]
    public async Task The_way_to_a_verdict_is_shown_step_by_step(string golden, string from, string to, string port, int code)
    {
        string[] command = ["policy", "explain", "-f", Repository.PathOf($"{Folder}/cluster.yaml"), "--from", from, "--to", to, "--port", port, "--expect", "allow"];
        var text = await Run(command);
        Assert.That((text.Code, text.Error), Is.EqualTo((code, "")));
        GoldenFile.Verify($"policy/explain/{golden}.txt", text.Output.Replace(Repository.Root + "/", "", StringComparison.Ordinal));
        var json = await Run([.. command, "-o", "json"]);
        Assert.That(json.Code, Is.EqualTo(code));
        Assert.That((string?)JsonNode.Parse(json.Output)!["verdict"], Is.EqualTo(text.Output.Contains(": denied", StringComparison.Ordinal) && !text.Output.Contains("depends on", StringComparison.Ordinal) ? "Deny" : "Allow"));
    }

    [Test]
    public async Task Json_has_policy_field_file_and_line_of_what_decides()
    {
        var file = Repository.PathOf($"{Folder}/cluster.yaml");
        var (code, output, _) = await Run(["policy", "explain", "-f", file, "--from", "shop/web-0", "--to", "shop/db", "--port", "5432", "--json"]);
        Assert.That(code, Is.EqualTo(ExitCode.Success));
        var family = JsonNode.Parse(output)!["families"]![0]!;
        var reason = family["egress"]!["reasons"]![0]!;
        var line = Array.FindIndex(File.ReadAllLines(file), one => one.Contains("# web to db", StringComparison.Ordinal)) + 1;
        Assert.That(
            ((string?)reason["code"], (string?)reason["policy"], (string?)reason["field"], (string?)reason["file"], (int)reason["line"]!),
            Is.EqualTo(("AllowedByRule", "shop/web", "spec.egress[0]", file, line)));
    }

    [Test]
    public async Task A_workload_stands_for_its_pods_and_those_that_fare_otherwise_are_named()
    {
        string[] command = ["policy", "explain", "-f", Repository.PathOf($"{Folder}/cluster.yaml"), "--from", "192.0.2.1", "--to", "shop/app/web", "--port", "8080"];
        var (code, output, _) = await Run(command);
        Assert.That((code, output.Split('\n')[0]), Is.EqualTo((ExitCode.Success, "192.0.2.1 -> shop/web-0 TCP 8080: allowed")));
        Assert.That(output, Does.EndWith("not so 192.0.2.1 -> shop/web-2: explain it by its name\n"), "its port has another number");
        Assert.That((await Run([.. command, "--expect", "allow"])).Code, Is.EqualTo(ExitCode.Failed));
    }

    [Test]
    public async Task Finished_pods_do_not_stand_for_a_workload_and_labels_that_a_selector_inherits_are_shown()
    {
        var file = Path.GetTempFileName();
        try
        {
            await File.WriteAllTextAsync(file, """
                {apiVersion: v1, kind: Namespace, metadata: {name: shop, labels: {team: web}}}
                ---
                {apiVersion: v1, kind: Pod, metadata: {name: a-job, namespace: shop, labels: {app: web}}, status: {phase: Succeeded, podIP: 10.0.0.1}}
                ---
                {apiVersion: v1, kind: Pod, metadata: {name: web, namespace: shop, labels: {app: web}}, status: {podIP: 10.0.0.2}}
                ---
                {apiVersion: projectcalico.org/v3, kind: GlobalNetworkPolicy, metadata: {name: all}, spec: {selector: app == 'web', types: [Ingress, Egress], ingress: [
                  {action: Allow, source: {namespaceSelector: team == 'ops'}}, {action: Allow, source: {selector: threat == 'none'}}],
                  egress: [{action: Allow, destination: {services: {name: web, namespace: shop}}}]}}
                ---
                {apiVersion: policy.networking.k8s.io/v1alpha2, kind: ClusterNetworkPolicy, metadata: {name: any}, spec: {tier: Admin, priority: 1,
                  subject: {namespaces: {}}, egress: [{action: Pass, to: [{namespaces: {}}]}]}}
                """);
            var (code, output, _) = await Run(["policy", "explain", "-f", file, "--from", "shop/web", "--to", "shop/app/web", "--port", "80"]);
            Assert.That((code, output.Split('\n')[0]), Is.EqualTo((ExitCode.Success, "shop/web -> shop/web TCP 80: allowed")));
            (_, output, _) = await Run(["policy", "explain", "-f", file, "--from", "shop/app/web", "--to", "192.0.2.1", "--port", "80"]);
            Assert.That(output, Does.StartWith("shop/web -> 192.0.2.1 TCP 80: denied")
                .And.Contain("not to service shop/web: it has no EndpointSlice here, which would say what its endpoints are")
                .And.Contain("not to pods in any namespace: "));
            (_, output, _) = await Run(["policy", "explain", "-f", file, "--from", "shop/a-job", "--to", "shop/web", "--port", "80"]);
            Assert.That(output, Does.Contain("its labels are app=web, namespace 'shop' has kubernetes.io/metadata.name=shop,team=web"));
            (_, output, _) = await Run(["policy", "explain", "-f", file, "--from", "192.0.2.1", "--to", "shop/web", "--port", "80"]);
            Assert.That(output, Does.Contain("192.0.2.1 is no pod, and in no network set and of no host endpoint of these"));
        }
        finally
        {
            File.Delete(file);
        }
    }

    [TestCase("--from 'shop' is not allowed; NAMESPACE/POD", "--from", "shop", "--to", "shop/db", "--port", "1")]
    [TestCase("--to 'shop/nobody': there is no such pod or workload; pods of 'shop' are api, db, web-0, web-2", "--from", "shop/db", "--to", "shop/nobody", "--port", "1")]
    [TestCase("--from 'none/x': there is no such pod or workload; namespace 'none' has no pods", "--from", "none/x", "--to", "shop/db", "--port", "1")]
    [TestCase("--port '0/tcp' is not allowed; a number from 1 to 65535", "--from", "shop/db", "--to", "shop/db", "--port", "0/tcp")]
    [TestCase("--port '80/icmp' is not allowed", "--from", "shop/db", "--to", "shop/db", "--port", "80/icmp")]
    [TestCase("--to 'fd00::1' is not allowed; an address of the same IP version", "--from", "10.0.0.1", "--to", "fd00::1", "--port", "80")]
    [TestCase("Option '--port' is required", "--from", "shop/db", "--to", "shop/db")]
    [TestCase("'maybe' not recognized", "--from", "shop/db", "--to", "shop/db", "--port", "1", "--expect", "maybe")]
    public async Task Wrong_flags_are_answered_in_a_line(string expected, params string[] arguments)
    {
        var (code, output, error) = await Run(["policy", "explain", "-f", Repository.PathOf($"{Folder}/cluster.yaml"), .. arguments]);
        Assert.That((code, output), Is.EqualTo((ExitCode.Usage, "")));
        Assert.That(error, Does.Contain(expected));
        Assert.That(error.TrimEnd().Split('\n'), Has.Length.EqualTo(1));
    }

    private static async Task<(int Code, string Output, string Error)> Run(string[] arguments)
    {
        using var output = new StringWriter { NewLine = "\n" };
        using var error = new StringWriter { NewLine = "\n" };
        var code = await CommandLine.RunAsync(arguments, output, error);
        return (code, output.ToString(), error.ToString());
    }
}
