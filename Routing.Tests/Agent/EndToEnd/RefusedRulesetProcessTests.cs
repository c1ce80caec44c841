using System.Diagnostics;
using Routing.Tests.Netns;

namespace Routing.Tests.Agent.EndToEnd;

/// <summary>An agent whose kernel takes no rules of it: the table is another program's, and the kernel lets nobody else touch it.</summary>
[Category("Netns")]
public sealed class RefusedRulesetProcessTests
{
    [Test]
    public async Task Pods_end_and_kubelet_keeps_the_node_while_the_kernel_refuses()
    {
        await using var node = await AgentNode.CreateAsync();
        using var web = TestNamespace.Create("web");
        using var late = TestNamespace.Create("late");
        await node.CreatePodAsync("web");
        await node.CreatePodAsync("late");
        node.StartAgent("--backend", "nftables");
        await node.ReadyAsync();
        Assert.That((await node.CniAsync("ADD", "web", web)).ExitCode, Is.Zero, node.Output);

        using (var owner = Own(node.Namespace))
        {
            await Until.TrueAsync("the kernel refuses", () => StatusAsync(node).GetAwaiter().GetResult().Contains("Operation not permitted", StringComparison.Ordinal));
            Assert.That((await node.CniAsync("STATUS", "", web)).Output, Is.Empty, "kubelet would take all pods away");
            var deleted = await node.CniAsync("DEL", "web", web);
            Assert.That((deleted.ExitCode, deleted.Output), Is.EqualTo((0, "")));
            Assert.That(node.Namespace.Ip("-o", "link"), Does.Not.Contain(": rt"));
            Assert.That(web.Ip("-o", "link"), Does.Not.Contain("eth0"));
            Assert.That((await node.AskAsync("pods", "--json")).Output, Does.Not.Contain("web"));
            Assert.That((await node.CniAsync("DEL", "web", web)).ExitCode, Is.Zero, "and again");
            Assert.That(await StatusAsync(node), Does.Contain("Operation not permitted"), "still");
            owner.StandardInput.Close(); // the table goes with its owner
            await owner.WaitForExitAsync().WaitAsync(TimeSpan.FromSeconds(60));
        }

        await Until.TrueAsync("the rules are back", () => node.Namespace.Nft("list", "ruleset").Contains("ingress-by-interface", StringComparison.Ordinal));
        await node.ReadyAsync();
        Assert.That((await node.CniAsync("ADD", "late", late)).ExitCode, Is.Zero, node.Output);
    }

    private static async Task<string> StatusAsync(AgentNode node) => (await node.AskAsync("status")).Output;

    /// <summary>Takes the table from the agent, for as long as the process lives.</summary>
    private static Process Own(TestNamespace inside)
    {
        var start = new ProcessStartInfo(Requires.Tool("nft"), ["-i"]) { RedirectStandardInput = true, RedirectStandardOutput = true };
        var process = inside.Inner.Run(() => Process.Start(start)!);
        process.StandardInput.WriteLine("delete table inet routing; add table inet routing { flags owner; }");
        process.StandardInput.Flush();
        return process;
    }
}
