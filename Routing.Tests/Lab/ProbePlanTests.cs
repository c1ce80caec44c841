using System.Collections.Immutable;
using System.Net;
using k8s;
using k8s.Models;
using Routing.Agent.Lab;
using Routing.Agent.Lab.Cluster;
using Routing.Agent.Lab.Kubelet;
using Routing.Agent.Lab.Plan;
using Routing.Agent.Lab.Traffic;
using Routing.Policy.Model;

namespace Routing.Tests.Lab;

/// <summary>The example cluster as the lab's own loops would see it once every pod is wired.</summary>
[TestFixture]
public sealed class ProbePlanTests
{
    private static readonly LabPlan Plan = LabPlan.Create(3);

    [Test]
    public void Every_port_of_every_pod_is_tried_from_everywhere_over_both_families()
    {
        var (snapshot, sandboxes) = Example();
        var probes = ProbePlan.Create(Plan, snapshot, sandboxes).Probes;

        var podPorts = snapshot.Pods.Values.Sum(pod => ServerPort.Of(pod).Length);
        var sources = 12 + Plan.Nodes.Length + 1;
        var toNodes = 12 * Plan.Nodes.Length * ProbePlan.NodePorts.Length;
        Assert.That(probes, Has.Length.EqualTo(2 * ((podPorts * sources) + toNodes)));
        Assert.That(probes, Is.Unique);
    }

    // What a reader of examples/lab expects, one row an idea.
    [TestCase("shop/frontend-1", "shop/cart", "tcp/6379", true, TestName = "podSelector in the own namespace")]
    [TestCase("shop/catalog", "shop/cart", "tcp/6379", false, TestName = "Another pod of the namespace is not picked")]
    [TestCase("shop/catalog", "shop/cart", "udp/8125", true, TestName = "An empty podSelector is the whole namespace; UDP")]
    [TestCase("ops/prometheus", "shop/cart", "tcp/9100", true, TestName = "Both selectors in one peer, and a named port")]
    [TestCase("ops/bastion", "shop/cart", "tcp/9100", false, TestName = "The right namespace alone is not enough")]
    [TestCase("shop/frontend-1", "bank/gateway", "tcp/8443", true, TestName = "Egress and ingress both allow")]
    [TestCase("shop/frontend-1", "ops/prometheus", "tcp/9090", false, TestName = "Egress denies what ingress would allow")]
    [TestCase("bank/gateway", "bank/ledger-1", "tcp/5432", true, TestName = "A named port on the one ledger")]
    [TestCase("bank/gateway", "bank/ledger-2", "tcp/5433", true, TestName = "The same name is another number on the other")]
    [TestCase("bank/ledger-1", "bank/ledger-2", "tcp/7001", true, TestName = "endPort is inclusive")]
    [TestCase("bank/ledger-1", "bank/ledger-2", "tcp/7002", false, TestName = "Beyond endPort")]
    [TestCase("bank/audit", "shop/catalog", "tcp/8081", false, TestName = "Default deny")]
    [TestCase("bank/audit", "bank/audit", "tcp/6514", true, TestName = "A pod reaches itself")]
    [TestCase("tor", "ops/bastion", "tcp/22", true, TestName = "ipBlock: the rack")]
    [TestCase("node-1", "bank/gateway", "tcp/8443", true, TestName = "ipBlock: a node")]
    public void Policy_says(string from, string to, string port, bool allowed)
    {
        var (snapshot, sandboxes) = Example();
        var oracle = new FlowOracle(snapshot, Plan);

        var probes = ProbePlan.Create(Plan, snapshot, sandboxes).Probes
            .Where(probe => probe.From.Name == from && probe.To.Name == to && probe.Port.ToString() == port).ToList();

        Assert.That(probes, Has.Count.EqualTo(2), "one flow for each family");
        Assert.That(probes.Select(oracle.Allows), Is.All.EqualTo(allowed));
    }

    [Test]
    public void A_pod_without_addresses_yet_is_left_out()
    {
        var (snapshot, sandboxes) = Example();
        var name = new NamespacedName("ops", "dns");
        snapshot.Pods[name].Status = null;

        Assert.That(ProbePlan.Create(Plan, snapshot, sandboxes).Sources, Has.None.EqualTo("ops/dns"));
    }

    [Test]
    public void A_fingerprint_tells_what_changed()
    {
        var (snapshot, sandboxes) = Example();
        var before = ClusterFingerprint.Of(snapshot, sandboxes);
        snapshot.Policies[new NamespacedName("bank", "gateway")].Metadata.ResourceVersion = "2";
        var after = snapshot with { Policies = snapshot.Policies.Remove(new NamespacedName("ops", "logs")) };

        Assert.That(
            ClusterFingerprint.Of(after, sandboxes.Skip(1)).Since(before),
            Is.EqualTo("policy bank/gateway changed, pod bank/audit removed, policy ops/logs removed"));
    }

    private static (ClusterSnapshot Snapshot, List<PodSandbox> Sandboxes) Example()
    {
        var manifests = LabManifests.Load(null);
        var pods = Objects<V1Pod>("Pod").ToList();
        var sandboxes = new List<PodSandbox>();
        foreach (var (index, pod) in pods.OrderBy(pod => $"{pod.Metadata.NamespaceProperty}/{pod.Metadata.Name}").Index())
        {
            var node = Plan.Nodes[index % Plan.Nodes.Length];
            ImmutableArray<IPAddress> addresses =
                [IPAddress.Parse($"10.244.{node.Index}.{index + 10}"), IPAddress.Parse($"fd00:10:244:{node.Index}::{index + 10}")];
            pod.Metadata.Uid = $"uid-{index}";
            pod.Spec.NodeName = node.Name;
            pod.Status = new V1PodStatus
            {
                Phase = "Running",
                PodIP = addresses[0].ToString(),
                PodIPs = [.. addresses.Select(address => new V1PodIP { Ip = address.ToString() })],
            };
            sandboxes.Add(new PodSandbox(pod) { Addresses = addresses });
        }

        return (new ClusterSnapshot
        {
            Pods = ByName(pods),
            Namespaces = ByName(Objects<V1Namespace>("Namespace")),
            Policies = ByName(Objects<V1NetworkPolicy>("NetworkPolicy")),
        }, sandboxes);

        IEnumerable<T> Objects<T>(string kind) => manifests.Where(manifest => manifest.Kind == kind)
            .Select(manifest => KubernetesJson.Deserialize<T>(manifest.Json.ToJsonString()));
    }

    private static ImmutableSortedDictionary<NamespacedName, T> ByName<T>(IEnumerable<T> items)
        where T : IKubernetesObject<V1ObjectMeta> => items.ToImmutableSortedDictionary(
            item => new NamespacedName(item.Metadata.NamespaceProperty ?? "", item.Metadata.Name),
            item =>
            {
                item.Metadata.ResourceVersion = "1";
                return item;
            });
}
