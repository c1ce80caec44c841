using k8s.Models;

namespace Routing.Agent.Lab.Api.Schema;

/// <summary>How lists merge: x-kubernetes-patch-merge-key, -list-map-keys, -list-type and -map-type of the real server's OpenAPI
/// document, for the models behind the kinds we serve. A list that is not named here is atomic: replaced as a whole.</summary>
internal static class MergeKeys
{
    // Strategic merge tells ports apart by one field, server-side apply by more: both are given where they differ.
    private static readonly Dictionary<(Type, string), (string Merge, string[] Keys)> Lists = new()
    {
        [(typeof(V1PodSpec), "containers")] = ("name", ["name"]),
        [(typeof(V1PodSpec), "initContainers")] = ("name", ["name"]),
        [(typeof(V1PodSpec), "ephemeralContainers")] = ("name", ["name"]),
        [(typeof(V1PodSpec), "volumes")] = ("name", ["name"]),
        [(typeof(V1PodSpec), "imagePullSecrets")] = ("name", ["name"]),
        [(typeof(V1PodSpec), "hostAliases")] = ("ip", ["ip"]),
        [(typeof(V1PodSpec), "topologySpreadConstraints")] = ("topologyKey", ["topologyKey", "whenUnsatisfiable"]),
        [(typeof(V1PodSpec), "schedulingGates")] = ("name", ["name"]),
        [(typeof(V1PodSpec), "resourceClaims")] = ("name", ["name"]),
        [(typeof(V1Container), "ports")] = ("containerPort", ["containerPort", "protocol"]),
        [(typeof(V1Container), "env")] = ("name", ["name"]),
        [(typeof(V1Container), "volumeMounts")] = ("mountPath", ["mountPath"]),
        [(typeof(V1Container), "volumeDevices")] = ("devicePath", ["devicePath"]),
        [(typeof(V1PodStatus), "conditions")] = ("type", ["type"]),
        [(typeof(V1PodStatus), "podIPs")] = ("ip", ["ip"]),
        [(typeof(V1PodStatus), "hostIPs")] = ("ip", []),
        [(typeof(V1NodeStatus), "conditions")] = ("type", ["type"]),
        [(typeof(V1NodeStatus), "addresses")] = ("type", ["type"]),
        [(typeof(V1NamespaceStatus), "conditions")] = ("type", ["type"]),
        [(typeof(V1ServiceSpec), "ports")] = ("port", ["port", "protocol"]),
        [(typeof(V1ServiceStatus), "conditions")] = ("type", ["type"]),
        [(typeof(V1ServiceAccount), "secrets")] = ("name", ["name"]),
        [(typeof(V1ServiceAccount), "imagePullSecrets")] = ("name", []),
        [(typeof(V1DaemonSetStatus), "conditions")] = ("type", ["type"]),
        [(typeof(V1DeploymentStatus), "conditions")] = ("type", ["type"]),
        [(typeof(V1ReplicaSetStatus), "conditions")] = ("type", ["type"]),
        [(typeof(V1StatefulSetStatus), "conditions")] = ("type", ["type"]),
        [(typeof(V1ObjectMeta), "ownerReferences")] = ("uid", ["uid"]),
    };

    // Lists of scalars whose elements are merged, one by one.
    private static readonly HashSet<(Type, string)> Sets =
    [
        (typeof(V1ObjectMeta), "finalizers"),
        (typeof(V1NodeSpec), "podCIDRs"),
    ];

    // Objects that are owned as a whole.
    private static readonly HashSet<Type> AtomicObjects =
    [
        typeof(V1LabelSelector), typeof(V1NodeSelector), typeof(V1NodeSelectorTerm), typeof(V1ObjectReference),
        typeof(V1LocalObjectReference), typeof(V1TypedLocalObjectReference), typeof(V1ObjectFieldSelector),
        typeof(V1ResourceFieldSelector), typeof(V1ConfigMapKeySelector), typeof(V1SecretKeySelector), typeof(V1RoleRef),
        typeof(Rbacv1Subject), typeof(V1TopologySelectorTerm), typeof(V1SecretReference), typeof(V1OwnerReference),
    ];

    // Maps that are owned as a whole.
    private static readonly HashSet<(Type, string)> AtomicMaps =
    [
        (typeof(V1ServiceSpec), "selector"),
        (typeof(V1PodSpec), "nodeSelector"),
    ];

    public static bool IsAtomic(Type model) => AtomicObjects.Contains(model);

    /// <summary>Marks the schema of one field of a model; <paramref name="schema"/> of lists and maps is that field's own.</summary>
    public static FieldSchema Annotate(Type model, string field, FieldSchema schema)
    {
        if (Lists.TryGetValue((model, field), out var keys))
        {
            schema.MergeKey = keys.Merge;
            schema.ListKeys = keys.Keys;
            schema.Atomic = keys.Keys.Length == 0;
        }
        else if (Sets.Contains((model, field)))
        {
            (schema.MergeKey, schema.IsSet, schema.Atomic) = ("", true, false);
        }
        else if (AtomicMaps.Contains((model, field)))
        {
            schema.Atomic = true;
        }

        return schema;
    }
}
