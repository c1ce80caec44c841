using System.Text.Json;
using System.Text.Json.Nodes;
using k8s;
using k8s.Models;
using Routing.Policy.Model;
using Routing.Policy.Translate;

namespace Routing.Agent.Manifests;

/// <summary>Files of a repository have Deployments rather than Pods. One whose pods are not there stands for a pod of its
/// template, without an address, under its own name: so policies can be judged before anything runs.</summary>
internal static class WorkloadPods
{
    /// <summary>The pod template of a workload; null when the object is none.</summary>
    public static JsonObject? TemplateOf(Manifest manifest) => (manifest.ApiVersion, manifest.Kind) switch
    {
        ("apps/v1", "Deployment" or "StatefulSet" or "DaemonSet" or "ReplicaSet") or ("batch/v1", "Job") =>
            manifest.Json["spec"]?["template"] as JsonObject,
        ("batch/v1", "CronJob") => manifest.Json["spec"]?["jobTemplate"]?["spec"]?["template"] as JsonObject,
        _ => null,
    };

    /// <summary>A pod for each workload of which no pod is there.</summary>
    public static IEnumerable<(PodView Pod, Manifest Workload)> Of(
        IReadOnlyCollection<Manifest> workloads, IEnumerable<Manifest> pods)
    {
        if (workloads.Count == 0)
        {
            yield break;
        }

        var labelled = pods.ToLookup(pod => pod.Namespace ?? "default", pod => LabelsOf(pod.Json));
        foreach (var workload in workloads)
        {
            var home = workload.Namespace ?? "default";
            var template = TemplateOf(workload)!;
            var wanted = LabelsOf(template);
            if (workload.Name.Length > 0
                && !labelled[home].Any(labels => wanted.All(label => labels.GetValueOrDefault(label.Key) == label.Value))
                && Read(template) is { } pod)
            {
                pod.Metadata ??= new V1ObjectMeta();
                (pod.Metadata.NamespaceProperty, pod.Metadata.Name) = (home, workload.Name);
                yield return (PodTranslator.Translate(pod), workload);
            }
        }
    }

    /// <summary>Null when it cannot be read: a template is not what these verbs check.</summary>
    private static V1Pod? Read(JsonObject template)
    {
        try
        {
            return KubernetesJson.Deserialize<V1Pod>(template);
        }
        catch (JsonException)
        {
            return null;
        }
    }

    private static Dictionary<string, string> LabelsOf(JsonObject json) =>
        json["metadata"] is JsonObject metadata && metadata["labels"] is JsonObject labels
            ? labels.ToDictionary(label => label.Key, label => label.Value?.ToString() ?? "") : [];
}
