using System.Diagnostics;
using System.Text.Json;
using Routing.Agent.Cli;
using Routing.Agent.Lab.Processes;

namespace Routing.Tests.Agent.EndToEnd;

/// <summary>Three processes of `routing bgp serve` on the loopback, a node and two ToRs, and every verb against the node, for
/// people and for programs.</summary>
[TestFixture]
public sealed class BgpVerbsTests
{
    private readonly int _metricsPort = FreePort.Next();
    private readonly string _folder = Directory.CreateTempSubdirectory("bgp-e2e-").FullName;
    private readonly List<Process> _processes = [];

    private static string Program => Path.Combine(AppContext.BaseDirectory, "routing");

    private string Socket => Path.Combine(_folder, "node.sock");

    [OneTimeSetUp]
    public async Task StartAsync()
    {
        Start("tor1", Tor(1), "--socket", Path.Combine(_folder, "tor1.sock"));
        Start("tor2", Tor(2), "--socket", Path.Combine(_folder, "tor2.sock"));
        Start("node", Node, "--socket", Socket, "--metrics-port", $"{_metricsPort}");
        await Until.TrueAsync("the node has both sessions and all routes", async () =>
            File.Exists(Socket)
            && await RunAsync("summary -o json") is (0, var output, _)
            && JsonDocument.Parse(output).RootElement.GetProperty("paths").GetInt32() == 7);
    }

    [OneTimeTearDown]
    public async Task StopAsync()
    {
        foreach (var process in _processes)
        {
            Signals.Send(process.Id, Signals.Terminate);
            await process.WaitForExitAsync();
            process.Dispose();
        }

        Directory.Delete(_folder, recursive: true);
    }

    [TestCase("summary", "AS 65000, router id 10.0.0.100")]
    [TestCase("peers", "tor-2")]
    [TestCase("peers tor-1", "capabilities")]
    [TestCase("routes", "10.2.1.0/24")]
    [TestCase("routes 10.1.0.9 --best", "*   10.1.0.0/24")]
    [TestCase("routes 10.2.0.0/15 --longer --received tor-2", "x   10.3.2.0/24")]
    [TestCase("routes --advertised tor-2", "65000 65001")]
    [TestCase("routes --rejected", "RejectedByFilter")]
    [TestCase("explain 10.1.0.0/24", "lost to tor-1 by LowerBgpIdentifier")]
    [TestCase("explain 10.3.2.0/24", "from-tor importV4[0]")]
    [TestCase("watch --count 2", "tor-1 is Established")]
    [TestCase("clear tor-1 --soft in", "tor-1: asked for its routes again")]
    [TestCase("clear tor-1 --soft out", "tor-1: is sent its routes again")]
    public async Task Verb_answers_people_and_programs(string line, string expected)
    {
        var (code, text, error) = await RunAsync(line);
        Assert.That((code, error), Is.EqualTo((0, "")));
        Assert.That(text, Does.Contain(expected).And.Not.Contain("\u001b"), "no colours where there is no terminal");
        (code, text, error) = await RunAsync($"{line} -o json");
        Assert.That((code, error), Is.EqualTo((0, "")));
        foreach (var document in line.StartsWith("watch", StringComparison.Ordinal) ? text.TrimEnd().Split('\n') : [text])
        {
            Assert.That(() => JsonDocument.Parse(document), Throws.Nothing);
        }
    }

    [Test]
    public async Task A_watch_that_nobody_reads_any_more_ends()
    {
        using var watch = Process.Start(new ProcessStartInfo(Program, ["bgp", "watch", "--socket", Socket]) { RedirectStandardOutput = true })!;
        watch.StandardOutput.Close(); // as `| head -1` does in the end
        try
        {
            await watch.WaitForExitAsync().WaitAsync(TimeSpan.FromSeconds(30));
            Assert.That(watch.ExitCode, Is.Zero);
        }
        finally
        {
            watch.Kill();
        }
    }

    [Test]
    public async Task Verbs_that_end_sessions()
    {
        var dump = Path.Combine(_folder, "table.mrt");
        Assert.That((await RunAsync($"dump mrt --file {dump}")).Code, Is.Zero);
        Assert.That(new FileInfo(dump).Length, Is.GreaterThan(100));
        Assert.That((await RunAsync("clear tor-2 --reason cable")).Output, Is.EqualTo("tor-2: reset\n"));
        await EstablishedAsync("tor-2");
        Assert.That((await RunAsync("shutdown tor-2")).Output, Is.EqualTo("tor-2: shut down\n"));
        Assert.That((await RunAsync("enable tor-2")).Output, Is.EqualTo("tor-2: enabled\n"));
        await EstablishedAsync("tor-2");
        var drained = await RunAsync("drain tor-2 --settle 1 --timeout 5 -o json");
        Assert.That(drained.Code, Is.Zero);
        Assert.That(
            JsonDocument.Parse(drained.Output.TrimEnd().Split('\n')[^1]).RootElement.GetProperty("shutDown").GetBoolean());
        Assert.That((await RunAsync("enable tor-2")).Code, Is.Zero);
        await EstablishedAsync("tor-2");
    }

    [Test]
    public async Task The_program_itself_writes_what_its_function_does_and_the_page_is_there()
    {
        using var process = Process.Start(new ProcessStartInfo(Program, ["bgp", "peers", "--socket", Socket])
        {
            RedirectStandardOutput = true,
        })!;
        var text = await process.StandardOutput.ReadToEndAsync();
        await process.WaitForExitAsync();
        Assert.That(process.ExitCode, Is.Zero);
        Assert.That(text, Does.StartWith("PEER").And.Not.Contain("\u001b"));

        using var client = new HttpClient();
        var page = await client.GetStringAsync(new Uri($"http://127.0.0.1:{_metricsPort}/metrics"));
        Assert.That(page, Does.Contain("routing_bgp_session_established{peer=\"tor-1\"} 1"));
        Assert.That(File.GetUnixFileMode(Socket), Is.EqualTo(UnixFileMode.UserRead | UnixFileMode.UserWrite));
    }

    [Test]
    public async Task A_password_is_shown_nowhere()
    {
        foreach (var line in new[] { "peers tor-3", "peers tor-3 -o json", "summary -o json", "watch --count 3 -o json" })
        {
            var (code, output, _) = await RunAsync(line);
            Assert.That(code, Is.Zero);
            Assert.That(output, Does.Contain("tor-3").And.Not.Contain(Password));
        }

        using var client = new HttpClient();
        Assert.That(
            await client.GetStringAsync(new Uri($"http://127.0.0.1:{_metricsPort}/metrics")), Does.Not.Contain(Password));
        foreach (var process in _processes)
        {
            Assert.That(await File.ReadAllTextAsync($"/proc/{process.Id}/cmdline"), Does.Not.Contain(Password));
        }
    }

    private const string Password = "s3same-0pen";

    private const string Node = """
        apiVersion: routing.dev/v1alpha1
        kind: BGPConfiguration
        metadata: {name: default}
        spec:
          asNumber: 65000
          routerID: 10.0.0.100
          listenAddresses: [127.0.83.1]
          listenPort: 17950
          originate: [{prefix: 10.9.0.0/24}]
        ---
        apiVersion: routing.dev/v1alpha1
        kind: BGPPeer
        metadata: {name: tor-1}
        spec: {peerIP: 127.0.83.2, peerPort: 17950, asNumber: 65001, sourceAddress: 127.0.83.1, connectRetryTime: 1s}
        ---
        apiVersion: routing.dev/v1alpha1
        kind: BGPPeer
        metadata: {name: tor-2}
        spec:
          peerIP: 127.0.83.3
          peerPort: 17950
          asNumber: 65002
          sourceAddress: 127.0.83.1
          connectRetryTime: 1s
          filters: [from-tor]
        ---
        apiVersion: routing.dev/v1alpha1
        kind: BGPPeer
        metadata: {name: tor-3}
        spec: {peerIP: 127.0.83.9, asNumber: 65003, passive: true, password: s3same-0pen}
        ---
        apiVersion: routing.dev/v1alpha1
        kind: BGPFilter
        metadata: {name: from-tor}
        spec:
          importV4: [{action: Reject, matchOperator: In, cidr: 10.3.0.0/16}]
        """;

    private static string Tor(int number) => $$"""
        apiVersion: routing.dev/v1alpha1
        kind: BGPConfiguration
        metadata: {name: default}
        spec:
          asNumber: 6500{{number}}
          routerID: 10.0.0.10{{number}}
          listenAddresses: [127.0.83.{{number + 1}}]
          listenPort: 17950
          originate: [{prefix: 10.1.0.0/24}, {prefix: 10.2.{{number}}.0/24}, {prefix: 10.3.{{number}}.0/24}]
        ---
        apiVersion: routing.dev/v1alpha1
        kind: BGPPeer
        metadata: {name: node}
        spec: {peerIP: 127.0.83.1, asNumber: 65000, passive: true}
        """;

    private void Start(string name, string config, params string[] options)
    {
        var file = Path.Combine(_folder, $"{name}.yaml");
        File.WriteAllText(file, config);
        _processes.Add(Process.Start(new ProcessStartInfo(
            Program, ["bgp", "serve", "--config", file, "--log-level", "Warning", .. options]))!);
    }

    private Task EstablishedAsync(string peer) => Until.TrueAsync($"{peer} is Established", async () =>
        (await RunAsync($"peers {peer}")).Output.Contains("Established for", StringComparison.Ordinal));

    private async Task<(int Code, string Output, string Error)> RunAsync(string line)
    {
        var (output, error) = (new StringWriter(), new StringWriter());
        var code = await CommandLine.RunAsync(["bgp", .. line.Split(' '), "--socket", Socket], output, error);
        return (code, output.ToString(), error.ToString());
    }
}
