using System.Text.Json.Nodes;
using Routing.Policy.Model;

namespace Routing.Agent.Manifests;

/// <summary>What a pod is one of: people think of "the web deployment" rather than of its pods.</summary>
/// <param name="Kind">"Deployment", or "app" when only a label says it, or "Pod" for one that stands alone.</param>
/// <param name="Name">Its name, in the pod's namespace.</param>
internal sealed record Workload(string Kind, NamespacedName Name) : IComparable<Workload>
{
    private static readonly string[] NameLabels = ["app.kubernetes.io/name", "app", "k8s-app", "run"];

    /// <summary>By the pod's controller; a ReplicaSet of a Deployment and a Job of a CronJob are taken for these. Without a
    /// controller, by the label that customarily names the application.</summary>
    public static Workload Of(PodView pod, Manifest? source)
    {
        var home = pod.Name.Namespace;
        if (source is not null && source.Kind != "Pod")
        {
            return new Workload(source.Kind, new NamespacedName(home, source.Name)); // its template
        }

        if (source?.Json["metadata"]?["ownerReferences"] is JsonArray owners
            && (owners.FirstOrDefault(IsController) ?? owners.FirstOrDefault()) is JsonObject owner
            && Text(owner, "kind") is { } kind && Text(owner, "name") is { } name)
        {
            return kind switch
            {
                "ReplicaSet" when pod.Labels.Find("pod-template-hash") is { } hash && name.EndsWith($"-{hash}", StringComparison.Ordinal) =>
                    new Workload("Deployment", new NamespacedName(home, name[..^(hash.Length + 1)])),
                "Job" when name.LastIndexOf('-') is > 0 and var dash && name.AsSpan(dash + 1).IndexOfAnyExceptInRange('0', '9') < 0
                    && dash + 1 < name.Length => new Workload("CronJob", new NamespacedName(home, name[..dash])),
                _ => new Workload(kind, new NamespacedName(home, name)),
            };
        }

        return NameLabels.Select(pod.Labels.Find).FirstOrDefault(label => label is { Length: > 0 }) is { } app
            ? new Workload("app", new NamespacedName(home, app))
            : new Workload("Pod", pod.Name);
    }

    /// <inheritdoc/>
    public int CompareTo(Workload? other)
    {
        var byName = Name.CompareTo(other?.Name ?? default);
        return byName != 0 ? byName : string.CompareOrdinal(Kind, other?.Kind);
    }

    /// <summary>"Deployment shop/web".</summary>
    public override string ToString() => $"{Kind} {Name}";

    private static bool IsController(JsonNode? owner) =>
        owner is JsonObject json && json["controller"] is JsonValue value && value.TryGetValue(out bool yes) && yes;

    private static string? Text(JsonObject json, string field) =>
        json[field] is JsonValue value && value.TryGetValue(out string? text) ? text : null;
}
