using System.Net;
using System.Security.Cryptography;
using k8s.Models;
using Routing.Agent.Lab.Namespaces;
using Routing.Agent.Lab.Traffic;
using Routing.Policy.Model;

namespace Routing.Agent.Lab.Kubelet;

/// <summary>A pod as a node runs it: a namespace, an attachment to the network, servers.</summary>
internal sealed class PodSandbox(V1Pod pod)
{
    /// <summary>The pod.</summary>
    public NamespacedName Pod { get; } = new(pod.Metadata.NamespaceProperty, pod.Metadata.Name);

    /// <summary>Its UID: a pod of the same name with another UID gets another sandbox.</summary>
    public string PodUid { get; } = pod.Metadata.Uid;

    /// <summary>CNI_CONTAINERID, 64 hexadecimal digits as container runtimes make them.</summary>
    public string ContainerId { get; } = RandomNumberGenerator.GetHexString(64, lowercase: true);

    /// <summary>`ip netns` name.</summary>
    public string NamespaceName => NamespaceOf(Pod);

    /// <summary>CNI_NETNS.</summary>
    public string NetnsPath => LabNamespaces.PathOf(NamespaceName);

    /// <summary>Addresses that CNI gave it.</summary>
    public IReadOnlyList<IPAddress> Addresses { get; set; } = [];

    /// <summary>What listens in it.</summary>
    public TrafficServer? Servers { get; set; }

    /// <summary>`ip netns` name of a pod's namespace (DESIGN.md §8).</summary>
    public static string NamespaceOf(NamespacedName pod) => $"{pod.Namespace}.{pod.Name}";
}
