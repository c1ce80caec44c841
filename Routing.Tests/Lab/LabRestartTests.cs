using System.Diagnostics;
using System.Text.Json.Nodes;
using Routing.Agent.Lab;
using Routing.Agent.Lab.Processes;
using Routing.Agent.Lab.State;

namespace Routing.Tests.Lab;

/// <summary>An agent that is killed and started again: nothing is lost, nothing is flushed (DESIGN.md §1, promise 4).</summary>
[TestFixture]
[Category("Netns")]
[Category("Interop")]
public sealed class LabRestartTests : LabFixture
{
    private const string Node = "node-2";

    [TestCase("routing", null)]
    [TestCase("bird", "bird")]
    [TestCase("frr", "bgpd")]
    [TestCase("gobgp", "gobgpd")]
    public async Task No_packet_is_lost_and_nothing_is_flushed_with_tor(string tor, string? tool)
    {
        if (tool is not null)
        {
            Requires.Tool(tool);
        }

        var before = MachineState.Read(Machine);
        await using (var lab = LabRun.Start(Machine, "lab", "--tor", tor, "--nodes", "2"))
        {
            await lab.PrintsAsync("The lab stays.");
            var rules = Nft();
            var routes = Routes(Node) + Routes("tor");
            await using var events = KernelEvents.Start(Machine, Node, "tor");
            await using var flows = ContinuousFlows.Start(Machine, await PodAsync("shop", "frontend-1"), await PodAsync("shop", "catalog"), 8081);
            await flows.HaveMovedAsync();

            var agent = Agent();
            Machine.Tool("kill", $"-{Signals.Kill}", $"{agent.Pid}");

            await Until.TrueAsync("another agent runs", () => Agent() is { Pid: > 0 } next && next != agent);
            await Until.TrueAsync("its sessions are established and its routes there again", IsWhole);
            await flows.HaveMovedAsync();

            Assert.Multiple(() =>
            {
                Assert.That(flows.Lost, Is.Zero, $"of {flows.Sent} connections");
                Assert.That(events.Deletions, Is.Empty);
                Assert.That(Nft(), Is.EqualTo(rules));
                Assert.That(Routes(Node) + Routes("tor"), Is.EqualTo(routes));
            });
        }

        Assert.That(MachineState.Read(Machine), Is.EqualTo(before));
    }

    private ProcessIdentity Agent() =>
        LabLedger.TryRead(Machine.Path(LabPaths.Default.StateFile))!.Processes
            .LastOrDefault(process => process.Name == $"{Node} agent")?.Identity ?? default;

    private bool IsWhole()
    {
        using var process = Process.Start(Machine.Command(LabRun.Program, "bgp", "peers", "--node", Node, "--json"))!;
        var output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        return process.ExitCode == 0 && output.Split("Established").Length == 3; // two sessions
    }

    // Counters and handles differ from reading to reading; what is set does not.
    private string Nft() => Machine.Tool("ip", "netns", "exec", Node, "nft", "--stateless", "list", "ruleset");

    private string Routes(string node) =>
        Machine.Tool("ip", "-n", node, "route") + Machine.Tool("ip", "-n", node, "-6", "route");

    private async Task<(string Namespace, string Address)> PodAsync(string home, string name)
    {
        var json = JsonNode.Parse(await Task.Run(() => Machine.Tool(
            "kubectl", $"--kubeconfig={LabPaths.Default.Kubeconfig}", "get", "pod", "-n", home, name, "-o", "json")))!;
        return ($"{home}.{name}", json["status"]!["podIP"]!.GetValue<string>());
    }
}
