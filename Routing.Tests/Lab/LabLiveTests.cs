using System.Diagnostics;
using System.Globalization;
using Routing.Agent.Lab;

namespace Routing.Tests.Lab;

/// <summary>A lab that stays, and kubectl as its user's hands.</summary>
[TestFixture]
[Category("Netns")]
public sealed class LabLiveTests : LabFixture
{
    private const string CatalogClosed = """
        apiVersion: networking.k8s.io/v1
        kind: NetworkPolicy
        metadata: {name: catalog, namespace: shop}
        spec:
          podSelector: {matchLabels: {app: catalog}}
          policyTypes: [Ingress]
        """;

    private const string Extra = """
        apiVersion: v1
        kind: Pod
        metadata: {name: extra, namespace: shop, labels: {app: frontend}}
        spec:
          containers: [{name: extra, image: registry.k8s.io/pause:3.10, ports: [{containerPort: 8088}]}]
        """;

    [Test]
    public async Task What_kubectl_changes_is_enforced_and_shown()
    {
        Requires.Tool("kubectl");
        var before = MachineState.Read(Machine);
        await using (var lab = LabRun.Start(Machine, "lab"))
        {
            await lab.PrintsAsync("The lab stays.");
            Assert.That(lab.Output, Does.Contain($"export KUBECONFIG={LabPaths.Default.Kubeconfig}"));

            // A policy that comes, another version of it, and none again: each shown with a matrix of its own.
            await ChangesAsync(lab, "policy shop/catalog added", CatalogClosed, "apply", "-f", "-");
            Assert.That(Passing(lab, "shop/frontend-1", "shop/catalog"), Is.EqualTo("0/4"));
            await ChangesAsync(
                lab, "policy shop/catalog changed", CatalogClosed + "\n  ingress: [{ports: [{port: http}]}]\n", "apply", "-f", "-");
            Assert.That(Passing(lab, "shop/frontend-1", "shop/catalog"), Is.EqualTo("2/4"));
            await ChangesAsync(lab, "policy shop/catalog removed", null, "delete", "networkpolicy", "-n", "shop", "catalog");
            Assert.That(Passing(lab, "shop/frontend-1", "shop/catalog"), Is.EqualTo("4/4"));

            // Policies of other kinds, which stand in tiers around it.
            Assert.That(Passing(lab, "ops/bastion", "bank/audit"), Is.EqualTo("2/4"));
            await ChangesAsync(lab, "ClusterNetworkPolicy bank-without-ops added", null, "apply", "-f", Example("cluster-network-policy.yaml"));
            Assert.That(Passing(lab, "ops/bastion", "bank/audit"), Is.EqualTo("0/4"));
            Machine.Tool(
                "kubectl", $"--kubeconfig={LabPaths.Default.Kubeconfig}", "wait", "--for=condition=Accepted", "clusternetworkpolicy/bank-without-ops",
                "--timeout=60s");
            Assert.That(Passing(lab, "ops/prometheus", "shop/frontend-1"), Is.EqualTo("4/4"));
            var from = lab.Output.Length;
            Machine.Tool("kubectl", $"--kubeconfig={LabPaths.Default.Kubeconfig}", "apply", "-f", Example("calico.yaml"));
            foreach (var change in new[] { "GlobalNetworkPolicy security.frontend", "GlobalNetworkSet racks", "Tier security", "NetworkPolicy shop/default.catalog" })
            {
                await lab.PrintsAsync($"{change} added", from);
            }

            await Until.TrueAsync("the matrix with all of them is shown", () => lab.Output.TrimEnd().EndsWith("disagree.", StringComparison.Ordinal)
                && Passing(lab, "shop/frontend-1", "shop/catalog") == "0/4" && Passing(lab, "ops/prometheus", "shop/frontend-1") == "0/4");
            Assert.That(lab.Output[lab.Output.LastIndexOf("from \\ to", StringComparison.Ordinal)..], Does.Contain(", 0 disagree."));
            Assert.That(Passing(lab, "shop/cart", "shop/catalog"), Is.EqualTo("2/4"));
            Assert.That(Passing(lab, "node-1", "shop/frontend-1"), Is.EqualTo("4/4"), "of the racks");
            Machine.Tool("kubectl", $"--kubeconfig={LabPaths.Default.Kubeconfig}", "delete", "-f", Example("calico.yaml"));
            await Until.TrueAsync("the matrix without them is shown", () => lab.Output.TrimEnd().EndsWith("disagree.", StringComparison.Ordinal)
                && Passing(lab, "shop/frontend-1", "shop/catalog") == "4/4" && Passing(lab, "ops/prometheus", "shop/frontend-1") == "4/4");

            // Labels decide what selectors pick.
            await ChangesAsync(lab, "pod shop/catalog changed", null, "label", "pod", "-n", "shop", "catalog", "--overwrite", "app=frontend");
            Assert.That(Passing(lab, "shop/catalog", "shop/cart"), Is.EqualTo("4/6"));

            // A pod that comes is scheduled, wired and probed; one that goes is unwired.
            await ChangesAsync(lab, "pod shop/extra added", Extra, "apply", "-f", "-");
            Assert.That(Passing(lab, "shop/extra", "shop/cart"), Is.EqualTo("4/6"));
            Assert.That(Machine.Tool("ip", "netns"), Does.Contain("shop.extra"));
            await ChangesAsync(lab, "pod shop/extra removed", null, "delete", "pod", "-n", "shop", "extra");
            Assert.That(Machine.Tool("ip", "netns"), Does.Not.Contain("shop.extra"));
        }

        Assert.That(MachineState.Read(Machine), Is.EqualTo(before));
    }

    private static string Example(string name) => Repository.PathOf($"examples/policies/{name}");

    /// <summary>Lets kubectl change something and waits until the lab has shown a matrix for it without a disagreement.</summary>
    private async Task ChangesAsync(LabRun lab, string change, string? input, params string[] kubectl)
    {
        var from = lab.Output.Length;
        Machine.ToolWithInput("kubectl", input, [$"--kubeconfig={LabPaths.Default.Kubeconfig}", .. kubectl]);
        var watch = Stopwatch.StartNew();
        await lab.PrintsAsync(change, from);
        await lab.PrintsAsync("disagree.", lab.Output.IndexOf(change, from, StringComparison.Ordinal));
        TestContext.Out.WriteLine(string.Create(
            CultureInfo.InvariantCulture, $"{change}: shown {watch.ElapsedMilliseconds} ms after kubectl returned"));
        Assert.That(lab.Output[from..], Does.Contain(", 0 disagree."));
    }

    /// <summary>A cell of the newest matrix.</summary>
    private static string Passing(LabRun lab, string from, string to)
    {
        var lines = lab.Output[lab.Output.LastIndexOf("from \\ to", StringComparison.Ordinal)..].Split('\n');
        var column = int.Parse(Row(lines, to)[0], CultureInfo.InvariantCulture);
        return Row(lines, from)[1 + column];
    }

    private static string[] Row(string[] lines, string name) => lines
        .Select(line => line.Split(' ', StringSplitOptions.RemoveEmptyEntries))
        .First(words => words.Length > 1 && words[1] == name);
}
