using k8s;
using k8s.Models;
using Routing.Agent.Manifests;
using Routing.Policy.Model;
using Routing.Policy.Translate;

namespace Routing.Tests.Policy;

/// <summary>Objects from the YAML that people write, for tests that read better so.</summary>
internal static class Yaml
{
    /// <summary>A NetworkPolicy "shop/policy" with this spec.</summary>
    public static PolicySpec Policy(string spec, string name = "policy", string home = "shop") =>
        NetworkPolicyTranslator.Translate(new V1NetworkPolicy
        {
            Metadata = new V1ObjectMeta { Name = name, NamespaceProperty = home },
            Spec = KubernetesYaml.Deserialize<V1NetworkPolicySpec>(spec),
        });

    /// <summary>A cluster from manifests as they stand in a file.</summary>
    public static ClusterView Cluster(string manifests)
    {
        var file = Path.Combine(Path.GetTempPath(), $"routing-test-{Guid.NewGuid():N}.yaml");
        try
        {
            File.WriteAllText(file, manifests);
            var read = ClusterManifests.Read([file]);
            Assert.That(read.Errors, Is.Empty);
            return read.Cluster;
        }
        finally
        {
            File.Delete(file);
        }
    }

    /// <summary>A pod from its whole manifest.</summary>
    public static PodView Pod(string manifest) => PodTranslator.Translate(KubernetesYaml.Deserialize<V1Pod>(manifest));
}
