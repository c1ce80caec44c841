using System.Collections.Immutable;
using System.Text.Json;
using Routing.Agent.Dataplane;
using Routing.Policy.Model;

namespace Routing.Agent.Manifests;

/// <summary>A cluster as files, an API server, or both describe it.</summary>
/// <param name="Cluster">What could be read.</param>
/// <param name="Errors">Everything that is wrong in files, in order of place.</param>
/// <param name="Warnings">What is wrong with policies of the API server, which are in force all the same and allow less, and policies of
/// other kinds, which are not looked at.</param>
/// <param name="Ignored">Objects of kinds that policy does not look at.</param>
/// <param name="Sources">Where each object comes from.</param>
/// <param name="Unlabelled">Namespaces that pods are in and that no object describes.</param>
internal sealed record ClusterManifests(
    ClusterView Cluster,
    ImmutableArray<ManifestError> Errors,
    ImmutableArray<ManifestError> Warnings,
    ImmutableArray<Manifest> Ignored,
    ClusterSources Sources,
    ImmutableHashSet<string> Unlabelled)
{
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
        var hostSources = new Dictionary<string, Manifest>(StringComparer.Ordinal);
        var workloads = new List<Manifest>();
        var ignored = ImmutableArray.CreateBuilder<Manifest>();
        var cluster = new ClusterView();
        var places = new Dictionary<(PolicyInput Kind, string Namespace, string Name), Manifest>();
        foreach (var manifest in manifests)
        {
            if (PolicyInputs.Find(manifest.ApiVersion, manifest.Kind) is not { } input)
            {
                (WorkloadPods.TemplateOf(manifest) is null ? ignored : (IList<Manifest>)workloads).Add(manifest);
                if (OtherPolicies.Mistake(manifest) is { } mistake)
                {
                    errors.Add(manifest.ErrorAt(mistake));
                }
                else if (OtherPolicies.IsAnothers(manifest))
                {
                    warnings.Add(manifest.WarnAt(
                        "kind", $"policies of {manifest.ApiVersion} are not looked at: what they say is no part of the answer"));
                }
            }
            else if (Load(input, manifest) is { } model)
            {
                cluster = input.Put(cluster, model);
                if (model is PolicySpec policy)
                {
                    policySources[policy.Key] = manifest;
                }
                else if (model is PodView pod)
                {
                    podSources[pod.Name] = manifest;
                }
                else if (model is HostEndpointView host)
                {
                    hostSources[host.Name] = manifest;
                }
            }
        }

        foreach (var (pod, manifest) in WorkloadPods.Of(workloads, podSources.Values))
        {
            if (podSources.TryAdd(pod.Name, manifest))
            {
                cluster = cluster with { Pods = cluster.Pods.SetItem(pod.Name, pod) };
            }
        }

        // The API server knows every namespace a pod is in, with the label of its name at least.
        var unlabelled = cluster.Pods.Keys.Select(pod => pod.Namespace).Where(name => !cluster.Namespaces.ContainsKey(name)).ToImmutableHashSet();
        cluster = cluster with
        {
            Namespaces = cluster.Namespaces.AddRange(unlabelled.Select(name => KeyValuePair.Create(name, NamespaceView.Bare(name)))),
        };
        return new ClusterManifests(
            cluster, [.. errors.Order()], warnings.ToImmutable(), ignored.ToImmutable(),
            new ClusterSources(policySources, podSources, hostSources), unlabelled);

        // Null when the object is not to be used; the errors then say why.
        object? Load(PolicyInput input, Manifest manifest)
        {
            // The API server has checked its own objects, and may know fields that this version does not. Only in a policy is an
            // unknown field an error: an older client must read a newer cluster's pods.
            var problems = manifest.IsLive
                ? []
                : FieldCheck.Check(manifest.Json, input.Resource, unknownFields: input.IsPolicy).ToList();
            if (manifest.Name.Length == 0)
            {
                problems.Add(new Problem("metadata.name", "", "every object has a name"));
            }

            errors.AddRange(problems.Select(manifest.ErrorAt));
            if (problems.Count > 0)
            {
                return null;
            }

            var place = (input, manifest.Namespace ?? "default", manifest.Name);
            if (!places.TryAdd(place, manifest) && places[place] is { IsLive: false } first)
            {
                errors.Add(manifest.ErrorAt(
                    new Problem("metadata.name", manifest.Name, $"it stands in {first.File}:{first.Line} already")));
                return null;
            }

            try
            {
                var (model, wrong) = input.Translate(manifest.Json);
                (manifest.IsLive ? warnings : errors).AddRange(wrong.Items.Select(manifest.ErrorAt));
                return model;
            }
            catch (JsonException e)
            {
                errors.Add(new ManifestError(manifest.File, manifest.Line, $"{manifest.Kind}: {e.Message}"));
                return null;
            }
        }
    }
}
