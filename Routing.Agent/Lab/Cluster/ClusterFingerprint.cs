using System.Collections.Immutable;
using Routing.Agent.Lab.Kubelet;

namespace Routing.Agent.Lab.Cluster;

/// <summary>What the connectivity matrix depends on: policies, labels of namespaces, wired pods with labels and addresses.</summary>
internal sealed class ClusterFingerprint
{
    private readonly ImmutableSortedDictionary<string, object> _parts;

    private ClusterFingerprint(ImmutableSortedDictionary<string, object> parts) => _parts = parts;

    /// <summary>Of a cluster.</summary>
    public static ClusterFingerprint Of(ClusterSnapshot snapshot, IEnumerable<PodSandbox> sandboxes)
    {
        var parts = ImmutableSortedDictionary.CreateBuilder<string, object>(StringComparer.Ordinal);
        foreach (var (name, policy) in snapshot.Policies)
        {
            parts[$"policy {name}"] = policy.Metadata.ResourceVersion;
        }

        foreach (var (input, objects) in snapshot.Others)
        {
            foreach (var (name, one) in objects)
            {
                // Its meaning: a status that somebody writes changes nothing.
                parts[$"{input.Kind} {(name.Namespace.Length == 0 ? name.Name : name)}"] = one;
            }
        }

        foreach (var item in snapshot.Namespaces.Values)
        {
            parts[$"namespace {item.Metadata.Name}"] = Labels(item.Metadata.Labels);
        }

        foreach (var sandbox in sandboxes)
        {
            if (snapshot.Pods.TryGetValue(sandbox.Pod, out var pod) && pod.Metadata.Uid == sandbox.PodUid
                && pod.Status?.PodIP is not null)
            {
                parts[$"pod {sandbox.Pod}"] = $"{sandbox.PodUid} {Labels(pod.Metadata.Labels)}";
            }
        }

        return new ClusterFingerprint(parts.ToImmutable());
    }

    /// <summary>What changed since, for people: "policy bank/gateway changed, pod shop/extra added". Empty when nothing did.</summary>
    public string Since(ClusterFingerprint before)
    {
        var added = _parts.Keys.Where(key => !before._parts.ContainsKey(key)).Select(key => $"{key} added");
        var changed = _parts.Where(part => before._parts.TryGetValue(part.Key, out var old) && !old.Equals(part.Value))
            .Select(part => $"{part.Key} changed");
        var removed = before._parts.Keys.Where(key => !_parts.ContainsKey(key)).Select(key => $"{key} removed");
        return string.Join(", ", added.Concat(changed).Concat(removed));
    }

    private static string Labels(IDictionary<string, string>? labels) =>
        string.Join(',', (labels ?? new Dictionary<string, string>()).OrderBy(label => label.Key, StringComparer.Ordinal)
            .Select(label => $"{label.Key}={label.Value}"));
}
