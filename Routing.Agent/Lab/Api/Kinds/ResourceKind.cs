using System.Text.Json.Nodes;
using Routing.Agent.Lab.Api.Schema;
using Routing.Agent.Lab.Api.Tables;
using Routing.Agent.Lab.Api.Validation;

namespace Routing.Agent.Lab.Api.Kinds;

/// <summary>Everything the server knows of one kind in one version: a row of the registry, built in or made from a CRD.</summary>
internal sealed record ResourceKind
{
    /// <summary>API group, empty for the core group.</summary>
    public required string Group { get; init; }

    public required string Version { get; init; }

    public required string Kind { get; init; }

    /// <summary>Plural name in lower case, as in URLs.</summary>
    public required string Plural { get; init; }

    public required string Singular { get; init; }

    public bool Namespaced { get; init; }

    public IReadOnlyList<string> ShortNames { get; init; } = [];

    public IReadOnlyList<string> Categories { get; init; } = [];

    /// <summary>Kind of the list object.</summary>
    public required string ListKind { get; init; }

    /// <summary>Made from a CustomResourceDefinition: items in lists carry their kind, strategic merge is not offered.</summary>
    public bool IsCustom { get; init; }

    /// <summary>The status subresource is served, and the main endpoint leaves status alone.</summary>
    public bool HasStatus { get; init; }

    /// <summary>Further subresources that discovery names, as in binding.</summary>
    public IReadOnlyList<Subresource> Subresources { get; init; } = [];

    /// <summary>metadata.generation counts changes of what is not metadata or status.</summary>
    public bool HasGeneration { get; init; }

    /// <summary>DELETE answers with the object instead of a Status.</summary>
    public bool ReturnsDeleted { get; init; }

    /// <summary>A create keeps the status it brings (kubelets register Nodes so).</summary>
    public bool KeepsStatusOnCreate { get; init; }

    /// <summary>PUT to a missing object creates it.</summary>
    public bool CreatesOnUpdate { get; init; }

    /// <summary>A hash the real server derives from its storage version; clients only compare it.</summary>
    public string? StorageVersionHash { get; init; }

    public IReadOnlyList<string> Verbs { get; init; } = AllVerbs;

    /// <summary>Fields a field selector may name besides metadata.name and metadata.namespace.</summary>
    public IReadOnlyList<string> SelectableFields { get; init; } = [];

    /// <summary>What the Go type writes even when it is empty; fills a bookmark's object.</summary>
    public JsonObject Zero { get; init; } = [];

    /// <summary>Shape of the documents.</summary>
    public required FieldSchema Schema { get; init; }

    /// <summary>Columns of `kubectl get`.</summary>
    public required IReadOnlyList<TableColumn> Columns { get; init; }

    /// <summary>Defaults and checks beyond the schema.</summary>
    public KindRules Rules { get; init; } = KindRules.None;

    /// <summary>Key of the storage; versions of one custom resource share it.</summary>
    public string Storage => QualifiedPlural;

    /// <summary>"networkpolicies.networking.k8s.io", as messages name resources.</summary>
    public string QualifiedPlural => Group.Length == 0 ? Plural : $"{Plural}.{Group}";

    /// <summary>As in an object's apiVersion.</summary>
    public string ApiVersion => Group.Length == 0 ? Version : $"{Group}/{Version}";

    public static IReadOnlyList<string> AllVerbs { get; } =
        ["create", "delete", "deletecollection", "get", "list", "patch", "update", "watch"];
}
