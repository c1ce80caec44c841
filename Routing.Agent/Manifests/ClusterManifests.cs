using System.Collections.Immutable;
using System.Text.Json;
using k8s;
using k8s.Models;
using Routing.Policy.Model;
using Routing.Policy.Translate;
using Routing.Policy.Translate.ClusterPolicies;

namespace Routing.Agent.Manifests;

/// <summary>A cluster as files, an API server, or both describe it.</summary>
/// <param name="Cluster">What could be read.</param>
/// <param name="Errors">Everything that is wrong in files, in order of place.</param>
/// <param name="Warnings">What is wrong with policies of the API server: they are in force all the same, and allow less.</param>
/// <param name="Ignored">Objects of kinds that policy does not look at.</param>
/// <param name="Sources">Where each object comes from.</param>
internal sealed record ClusterManifests(
    ClusterView Cluster,
    ImmutableArray<ManifestError> Errors,
    ImmutableArray<ManifestError> Warnings,
    ImmutableArray<Manifest> Ignored,
    ClusterSources Sources)
{
    private const string ClusterPolicies = ClusterPolicyResource.Group;

    /// <summary>Reads files and folders: see <see cref="ManifestReader"/>.</summary>
    public static ClusterManifests Read(IEnumerable<string> paths)
    {
        var (manifests, errors) = ManifestReader.Read(paths);
        return Of(manifests, errors);
    }

    /// <summary>Makes a cluster of objects. What stands in a file takes the place of the same object of the API server, as if
    /// it had been applied.</summary>
    /// <param name="manifests">Those of the API server first.</param>
    /// <param name="readErrors">What was wrong before this.</param>
    public static ClusterManifests Of(IReadOnlyList<Manifest> manifests, ImmutableArray<ManifestError> readErrors)
    {
        var errors = readErrors.ToBuilder();
        var warnings = ImmutableArray.CreateBuilder<ManifestError>();
        var policySources = new Dictionary<PolicyKey, Manifest>();
        var podSources = new Dictionary<NamespacedName, Manifest>();
        var workloads = new List<Manifest>();
        var ignored = ImmutableArray.CreateBuilder<Manifest>();
        var pods = ImmutableDictionary.CreateBuilder<NamespacedName, PodView>();
        var namespaces = ImmutableDictionary.CreateBuilder<string, NamespaceView>();
        var nodes = ImmutableDictionary.CreateBuilder<string, NodeView>();
        var policies = ImmutableSortedDictionary.CreateBuilder<PolicyKey, PolicySpec>();
        var places = new Dictionary<(string Kind, string Namespace, string Name), Manifest>();
        foreach (var manifest in manifests)
        {
            switch (manifest.ApiVersion, manifest.Kind)
            {
                case ("v1", "Pod") when Load<V1Pod>(manifest) is { } pod:
                    var podView = PodTranslator.Translate(pod);
                    pods[podView.Name] = podView;
                    podSources[podView.Name] = manifest;
                    break;
                case ("v1", "Namespace") when Load<V1Namespace>(manifest) is { } one:
                    namespaces[manifest.Name] = NamespaceTranslator.Translate(one);
                    break;
                case ("v1", "Node") when Load<V1Node>(manifest) is { } node:
                    nodes[manifest.Name] = NodeTranslator.Translate(node);
                    break;
                case ("v1", "Pod" or "Namespace" or "Node"):
                    break; // Load has said why
                case ("networking.k8s.io/v1", "NetworkPolicy"):
                    AddPolicy<V1NetworkPolicy>(manifest, NetworkPolicyTranslator.Translate);
                    break;
                case ($"{ClusterPolicies}/v1alpha2", "ClusterNetworkPolicy"):
                    AddPolicy<ClusterNetworkPolicyResource>(manifest, ClusterPolicyTranslator.Translate);
                    break;
                case ($"{ClusterPolicies}/v1alpha1", "AdminNetworkPolicy"):
                    AddPolicy<AdminNetworkPolicyResource>(manifest, ClusterPolicyTranslator.Translate);
                    break;
                case ($"{ClusterPolicies}/v1alpha1", "BaselineAdminNetworkPolicy"):
                    AddPolicy<BaselineAdminNetworkPolicyResource>(manifest, ClusterPolicyTranslator.Translate);
                    break;
                default:
                    (WorkloadPods.TemplateOf(manifest) is null ? ignored : (IList<Manifest>)workloads).Add(manifest);
                    break;
            }
        }

        foreach (var (pod, manifest) in WorkloadPods.Of(workloads, podSources.Values))
        {
            pods.TryAdd(pod.Name, pod);
            podSources.TryAdd(pod.Name, manifest);
        }

        // The API server knows every namespace a pod is in, with the label of its name at least.
        var homes = pods.Keys.Select(pod => pod.Namespace).ToHashSet();
        foreach (var name in homes.Where(name => !namespaces.ContainsKey(name)))
        {
            namespaces[name] = NamespaceView.Bare(name);
        }

        var cluster = new ClusterView
        {
            Pods = pods.ToImmutable(),
            Namespaces = namespaces.ToImmutable(),
            Nodes = nodes.ToImmutable(),
            Policies = policies.ToImmutable(),
        };
        return new ClusterManifests(
            cluster, [.. errors.Order()], warnings.ToImmutable(), ignored.ToImmutable(),
            new ClusterSources(policySources, podSources));

        void AddPolicy<T>(Manifest manifest, Func<T, PolicySpec> translate)
            where T : class
        {
            // Only in a policy is an unknown field an error: an older client must read a newer cluster's pods.
            if (Load<T>(manifest, unknownFields: true) is { } policy)
            {
                var spec = translate(policy);
                policies[spec.Key] = spec;
                policySources[spec.Key] = manifest;
                (manifest.IsLive ? warnings : errors).AddRange(spec.Problems.Items.Select(manifest.ErrorAt));
            }
        }

        // Null when the object is not to be used; the errors then say why.
        T? Load<T>(Manifest manifest, bool unknownFields = false)
            where T : class
        {
            // The API server has checked its own objects, and may know fields that this version does not.
            var problems = manifest.IsLive ? [] : FieldCheck.Check(manifest.Json, typeof(T), unknownFields).ToList();
            if (manifest.Name.Length == 0)
            {
                problems.Add(new Problem("metadata.name", "", "every object has a name"));
            }

            errors.AddRange(problems.Select(manifest.ErrorAt));
            if (problems.Count > 0)
            {
                return null;
            }

            var place = (manifest.Kind, manifest.Namespace ?? "default", manifest.Name);
            if (!places.TryAdd(place, manifest) && places[place] is { IsLive: false } first)
            {
                errors.Add(manifest.ErrorAt(
                    new Problem("metadata.name", manifest.Name, $"it stands in {first.File}:{first.Line} already")));
                return null;
            }

            try
            {
                return KubernetesJson.Deserialize<T>(manifest.Json);
            }
            catch (JsonException e)
            {
                errors.Add(new ManifestError(manifest.File, manifest.Line, $"{manifest.Kind}: {e.Message}"));
                return null;
            }
        }
    }
}
