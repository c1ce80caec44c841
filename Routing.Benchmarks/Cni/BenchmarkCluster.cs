using System.Globalization;
using Routing.Agent.Manifests;
using Routing.Policy.Model;

namespace Routing.Benchmarks.Cni;

/// <summary>The cluster whose policies the node enforces meanwhile: the pods that are attached are isolated both ways,
/// and have peers of their own and of other namespaces.</summary>
internal static class BenchmarkCluster
{
    /// <summary>Namespace of the pods that are attached.</summary>
    public const string Namespace = "bench";

    /// <summary>Pods on other nodes.</summary>
    public const int RemotePods = 200;

    private const string Manifests = """
        apiVersion: v1
        kind: Namespace
        metadata: {name: bench}
        ---
        apiVersion: v1
        kind: Namespace
        metadata: {name: others, labels: {team: others}}
        ---
        apiVersion: networking.k8s.io/v1
        kind: NetworkPolicy
        metadata: {name: default-deny, namespace: bench}
        spec: {podSelector: {}, policyTypes: [Ingress, Egress]}
        ---
        apiVersion: networking.k8s.io/v1
        kind: NetworkPolicy
        metadata: {name: web, namespace: bench}
        spec:
          podSelector: {matchLabels: {app: web}}
          policyTypes: [Ingress, Egress]
          ingress:
          - from: [{namespaceSelector: {matchLabels: {team: others}}}, {podSelector: {}}]
            ports: [{port: 80}, {port: 443}]
          egress:
          - to: [{podSelector: {matchLabels: {app: web}}}]
            ports: [{port: 5432}]
          - to: [{ipBlock: {cidr: 0.0.0.0/0, except: [10.0.0.0/8]}}]
            ports: [{port: 53, protocol: UDP}]
        """;

    /// <summary>Namespaces and policies.</summary>
    public static ClusterView ReadManifests(string folder)
    {
        var file = Path.Combine(folder, "cluster.yaml");
        File.WriteAllText(file, Manifests);
        var read = ClusterManifests.Read([file]);
        return read.Errors.IsEmpty ? read.Cluster : throw new InvalidDataException(string.Join('\n', read.Errors));
    }

    /// <summary>A pod that is about to be attached: scheduled, without an address.</summary>
    public static PodView Scheduled(string name) => new()
    {
        Name = new NamespacedName(Namespace, name),
        NodeName = BenchmarkPolicy.NodeName,
        Labels = LabelSet.Empty.With("app", "web"),
    };

    /// <summary>A pod on another node.</summary>
    public static PodView Remote(int number) => new()
    {
        Name = new NamespacedName("others", $"remote-{number}"),
        NodeName = "elsewhere",
        Labels = LabelSet.Empty.With("app", (number % 10).ToString(CultureInfo.InvariantCulture)),
        Addresses = [Address.From(System.Net.IPAddress.Parse($"10.8.{number / 250}.{(number % 250) + 1}"))],
    };
}
