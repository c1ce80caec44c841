using Message = System.Collections.Generic.Dictionary<uint, Routing.Agent.Lab.Api.Protobuf.ProtoField>;

namespace Routing.Agent.Lab.Api.Protobuf;

/// <summary>Field numbers (generated.proto of k8s.io/api and apimachinery) of the kinds that kubectl's create commands send as
/// protobuf without asking first: namespace, configmap, secret, serviceaccount and the roles. Everything else comes as JSON.</summary>
internal static class ProtoMessages
{
    private static readonly Message Metadata = new()
    {
        [1] = Text("name"),
        [2] = Text("generateName"),
        [3] = Text("namespace"),
        [5] = Text("uid"),
        [6] = Text("resourceVersion"),
        [11] = new ProtoField("labels", ProtoType.TextMap),
        [12] = new ProtoField("annotations", ProtoType.TextMap),
        [14] = Texts("finalizers"),
    };

    private static readonly Message Rule = new()
    {
        [1] = Texts("verbs"),
        [2] = Texts("apiGroups"),
        [3] = Texts("resources"),
        [4] = Texts("resourceNames"),
        [5] = Texts("nonResourceURLs"),
    };

    private static readonly Message Subject = new()
    {
        [1] = Text("kind"),
        [2] = Text("apiGroup"),
        [3] = Text("name"),
        [4] = Text("namespace"),
    };

    private static readonly Message RoleRef = new() { [1] = Text("apiGroup"), [2] = Text("kind"), [3] = Text("name") };

    private static readonly Message Role = new()
    {
        [1] = Of("metadata", Metadata),
        [2] = new ProtoField("rules", ProtoType.Message, true, Rule),
    };

    private static readonly Message Binding = new()
    {
        [1] = Of("metadata", Metadata),
        [2] = new ProtoField("subjects", ProtoType.Message, true, Subject),
        [3] = Of("roleRef", RoleRef),
    };

    private static readonly Dictionary<string, Message> Kinds = new()
    {
        ["Namespace"] = new() { [1] = Of("metadata", Metadata) },
        ["ConfigMap"] = new()
        {
            [1] = Of("metadata", Metadata),
            [2] = new ProtoField("data", ProtoType.TextMap),
            [3] = new ProtoField("binaryData", ProtoType.OctetsMap),
            [4] = new ProtoField("immutable", ProtoType.Truth),
        },
        ["Secret"] = new()
        {
            [1] = Of("metadata", Metadata),
            [2] = new ProtoField("data", ProtoType.OctetsMap),
            [3] = Text("type"),
            [4] = new ProtoField("stringData", ProtoType.TextMap),
            [5] = new ProtoField("immutable", ProtoType.Truth),
        },
        ["ServiceAccount"] = new()
        {
            [1] = Of("metadata", Metadata),
            [4] = new ProtoField("automountServiceAccountToken", ProtoType.Truth),
        },
        ["Role"] = Role,
        ["ClusterRole"] = Role,
        ["RoleBinding"] = Binding,
        ["ClusterRoleBinding"] = Binding,
    };

    /// <summary>The fields of a kind, or null when it is not read from protobuf.</summary>
    public static IReadOnlyDictionary<uint, ProtoField>? Find(string kind) => Kinds.GetValueOrDefault(kind);

    private static ProtoField Text(string name) => new(name, ProtoType.Text);

    private static ProtoField Texts(string name) => new(name, ProtoType.Text, Repeated: true);

    private static ProtoField Of(string name, Message message) => new(name, ProtoType.Message, Message: message);
}
