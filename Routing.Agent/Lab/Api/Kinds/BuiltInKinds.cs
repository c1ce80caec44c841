using System.Collections.Immutable;
using System.Reflection;
using System.Text.Json.Nodes;
using k8s.Models;
using Routing.Agent.Lab.Api.Schema;
using Routing.Agent.Lab.Api.Tables;
using Routing.Agent.Lab.Api.Validation;

namespace Routing.Agent.Lab.Api.Kinds;

/// <summary>The kinds that need no CustomResourceDefinition: those the agent and the lab watch, and those a chart brings.</summary>
internal static class BuiltInKinds
{
    private static readonly string[] ReadWriteStatus = ["get", "patch", "update"];

    public static ResourceKind Definition { get; } = Cluster<V1CustomResourceDefinition>("customresourcedefinition") with
    {
        ShortNames = ["crd", "crds"],
        Categories = ["api-extensions"],
        StorageVersionHash = "jfWCUB31mvA=",
        HasGeneration = true,
        HasStatus = true,
        Columns = BuiltInColumns.Definition,
        Rules = new DefinitionRules(),
    };

    public static ResourceKind Namespace { get; } = Cluster<V1Namespace>("namespace") with
    {
        ShortNames = ["ns"],
        StorageVersionHash = "Q3oi5N2YM8M=",
        Verbs = ["create", "delete", "get", "list", "patch", "update", "watch"],
        HasStatus = true,
        ReturnsDeleted = true,
        SelectableFields = ["status.phase"],
        Columns = BuiltInColumns.Namespace,
        Rules = new NamespaceRules(),
        Zero = new JsonObject { ["spec"] = new JsonObject(), ["status"] = new JsonObject() },
    };

    public static ResourceKind Pod { get; } = Namespaced<V1Pod>("pod") with
    {
        ShortNames = ["po"],
        Categories = ["all"],
        StorageVersionHash = "xPOwRZ+Yhw8=",
        HasStatus = true,
        ReturnsDeleted = true,
        Subresources = [new Subresource("binding", "Binding", ["create"])],
        SelectableFields =
        [
            "spec.nodeName", "spec.restartPolicy", "spec.schedulerName", "spec.serviceAccountName", "spec.hostNetwork",
            "status.phase", "status.podIP", "status.nominatedNodeName",
        ],
        Columns = PodColumns.All,
        Rules = new PodRules(),
        Zero = new JsonObject { ["spec"] = new JsonObject { ["containers"] = null }, ["status"] = new JsonObject() },
    };

    /// <summary>Every built-in kind, core group first.</summary>
    public static ImmutableArray<ResourceKind> All { get; } =
    [
        Namespaced<V1ConfigMap>("configmap") with
        {
            ShortNames = ["cm"],
            StorageVersionHash = "qFsyl6wFWjQ=",
            Columns = BuiltInColumns.ConfigMap,
        },
        Namespaced<Corev1Event>("event") with
        {
            ShortNames = ["ev"],
            StorageVersionHash = "r2yiGXH7wu8=",
            Columns = BuiltInColumns.Event,
            SelectableFields =
            [
                "involvedObject.kind", "involvedObject.namespace", "involvedObject.name", "involvedObject.uid", "reason",
                "type", "source", "reportingComponent",
            ],
        },
        Namespace,
        Cluster<V1Node>("node") with
        {
            ShortNames = ["no"],
            StorageVersionHash = "XwShjMxG9Fs=",
            HasStatus = true,
            KeepsStatusOnCreate = true,
            SelectableFields = ["spec.unschedulable"],
            Columns = NodeColumns.All,
            Rules = new NodeRules(),
            Zero = new JsonObject { ["spec"] = new JsonObject(), ["status"] = new JsonObject() },
        },
        Pod,
        Namespaced<V1Secret>("secret") with
        {
            StorageVersionHash = "S6u1pOWzb84=",
            SelectableFields = ["type"],
            Columns = BuiltInColumns.Secret,
            Rules = new SecretRules(),
        },
        Namespaced<V1ServiceAccount>("serviceaccount") with
        {
            ShortNames = ["sa"],
            StorageVersionHash = "pbx9ZvyFpBE=",
            ReturnsDeleted = true,
            Columns = BuiltInColumns.ServiceAccount,
        },
        Namespaced<V1Service>("service") with
        {
            ShortNames = ["svc"],
            Categories = ["all"],
            StorageVersionHash = "0/CO1lhkEBI=",
            HasStatus = true,
            ReturnsDeleted = true,
            SelectableFields = ["spec.clusterIP", "spec.type"],
            Columns = BuiltInColumns.Service,
            Rules = new ServiceRules(),
        },
        Definition,
        Workload<V1DaemonSet>("daemonset", hasReplicas: false) with
        {
            ShortNames = ["ds"],
            StorageVersionHash = "dd7pWHUlMKQ=",
            Columns = BuiltInColumns.DaemonSet,
        },
        Workload<V1Deployment>("deployment", hasReplicas: true) with
        {
            ShortNames = ["deploy"],
            StorageVersionHash = "8aSe+NMegvE=",
            Columns = BuiltInColumns.Deployment,
        },
        Namespaced<V1Lease>("lease") with
        {
            StorageVersionHash = "gqkMMb/YqFM=",
            CreatesOnUpdate = true,
            Columns = BuiltInColumns.Lease,
        },
        Namespaced<V1EndpointSlice>("endpointslice") with
        {
            StorageVersionHash = "qgS0xkrxYAI=",
            HasGeneration = true,
            Columns = BuiltInColumns.EndpointSlice,
        },
        Namespaced<V1NetworkPolicy>("networkpolicy") with
        {
            ShortNames = ["netpol"],
            StorageVersionHash = "YpfwF18m1G8=",
            HasGeneration = true,
            Columns = BuiltInColumns.NetworkPolicy,
            Rules = new NetworkPolicyRules(),
            Zero = new JsonObject { ["spec"] = new JsonObject { ["podSelector"] = new JsonObject() } },
        },
        Cluster<V1ClusterRoleBinding>("clusterrolebinding") with
        {
            StorageVersionHash = "OGtxAnjRs5o=",
            Columns = BuiltInColumns.Binding,
            Rules = new PathNamedRules(),
        },
        Cluster<V1ClusterRole>("clusterrole") with
        {
            StorageVersionHash = "bYE5ZWDrJ44=",
            Columns = BuiltInColumns.Role,
            Rules = new PathNamedRules(),
        },
        Namespaced<V1RoleBinding>("rolebinding") with
        {
            StorageVersionHash = "eGsCzGH6b1g=",
            Columns = BuiltInColumns.Binding,
            Rules = new PathNamedRules(),
        },
        Namespaced<V1Role>("role") with
        {
            StorageVersionHash = "7FuwZcIIItM=",
            Columns = BuiltInColumns.Role,
            Rules = new PathNamedRules(),
        },
    ];

    /// <summary>Verbs of a status subresource.</summary>
    public static IReadOnlyList<string> StatusVerbs => ReadWriteStatus;

    private static ResourceKind Workload<T>(string singular, bool hasReplicas) => Namespaced<T>(singular) with
    {
        Categories = ["all"],
        HasGeneration = true,
        HasStatus = true,
        Rules = new WorkloadRules(hasReplicas),
    };

    private static ResourceKind Namespaced<T>(string singular) => Cluster<T>(singular) with { Namespaced = true };

    private static ResourceKind Cluster<T>(string singular)
    {
        var entity = typeof(T).GetCustomAttribute<KubernetesEntityAttribute>()!;
        return new ResourceKind
        {
            Group = entity.Group,
            Version = entity.ApiVersion,
            Kind = entity.Kind,
            Plural = entity.PluralName,
            Singular = singular,
            ListKind = entity.Kind + "List",
            Schema = ModelSchema.Of(typeof(T)),
            Columns = CommonColumns.NameAndAge,
        };
    }
}
