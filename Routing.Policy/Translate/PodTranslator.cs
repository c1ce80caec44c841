using k8s.Models;
using Routing.Policy.Model;

namespace Routing.Policy.Translate;

/// <summary>V1Pod to <see cref="PodView"/>. The API server has checked pods; what is no address or port all the same is
/// left out, for it can open nothing.</summary>
public static class PodTranslator
{
    private const string MirrorOf = "kubernetes.io/config.mirror";

    /// <summary>Translates.</summary>
    public static PodView Translate(V1Pod pod) => new()
    {
        Name = new NamespacedName(pod.Metadata?.NamespaceProperty ?? "default", pod.Metadata?.Name ?? ""),
        Uid = Uid(pod.Metadata),
        Created = pod.Metadata?.CreationTimestamp ?? default,
        NodeName = pod.Spec?.NodeName ?? "",
        Labels = LabelSet.From(pod.Metadata?.Labels),
        // As the API server does for a pod that names none.
        ServiceAccount = string.IsNullOrEmpty(pod.Spec?.ServiceAccountName) ? "default" : pod.Spec.ServiceAccountName,
        Addresses = Addresses(pod.Status),
        NamedPorts = NamedPorts(pod.Spec).ToEquatableArray(),
        HostNetwork = pod.Spec?.HostNetwork ?? false,
        Finished = pod.Status?.Phase is "Succeeded" or "Failed",
    };

    /// <summary>The UID that the node knows the pod by. For a static pod that is not the UID of its mirror in the API:
    /// kubelet made it from the manifest, and wrote it on the mirror.</summary>
    private static string Uid(V1ObjectMeta? metadata) =>
        metadata?.Annotations?.TryGetValue(MirrorOf, out var staticUid) == true ? staticUid : metadata?.Uid ?? "";

    private static EquatableArray<Address> Addresses(V1PodStatus? status)
    {
        var texts = status?.PodIPs is { Count: > 0 } several ? several.Select(one => one?.Ip) : [status?.PodIP];
        var addresses = new List<Address>();
        foreach (var text in texts)
        {
            if (Address.TryParse(text, out var address))
            {
                addresses.Add(address);
            }
        }

        return [.. addresses];
    }

    private static IEnumerable<NamedPort> NamedPorts(V1PodSpec? spec)
    {
        // An init container listens beside the others only when it is a sidecar (restartPolicy Always).
        var containers = (spec?.Containers ?? [])
            .Concat((spec?.InitContainers ?? []).Where(container => container?.RestartPolicy == "Always"));
        foreach (var port in containers.SelectMany(container => container?.Ports ?? []))
        {
            if (!string.IsNullOrEmpty(port?.Name)
                && port.ContainerPort is > 0 and <= ushort.MaxValue
                && TransportProtocols.TryParse(port.Protocol, out var protocol))
            {
                yield return new NamedPort(port.Name, protocol, (ushort)port.ContainerPort);
            }
        }
    }
}
