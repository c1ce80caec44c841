using System.Text.Json.Nodes;

namespace Routing.Agent.Lab.Api.Tables;

/// <summary>Columns that many kinds share, and short ways to make more.</summary>
internal static class CommonColumns
{
    private const string NameDescription =
        "Name must be unique within a namespace. Is required when creating resources, although some resources may allow a client to request "
        + "the generation of an appropriate name automatically. Name is primarily intended for creation idempotence and configuration "
        + "definition. Cannot be updated. More info: "
        + "https://kubernetes.io/docs/concepts/overview/working-with-objects/names#names";

    private const string AgeDescription =
        "CreationTimestamp is a timestamp representing the server time when this object was created. It is not guaranteed to be set in "
        + "happens-before order across separate operations. Clients may not set this value. It is represented in RFC3339 form and is in "
        + "UTC.\n\nPopulated by the system. Read-only. Null for lists. More info: "
        + "https://git.k8s.io/community/contributors/devel/sig-architecture/api-conventions.md#metadata";

    public static TableColumn Name { get; } =
        new("Name", "string", (document, _) => document["metadata"].Text("name"), Format: "name", Description: NameDescription);

    public static TableColumn Age { get; } = new(
        "Age",
        "string",
        (document, now) => HumanDuration.Since(document.At("metadata", "creationTimestamp"), now),
        Description: AgeDescription);

    /// <summary>When it was made, as it is written.</summary>
    public static TableColumn CreatedAt { get; } = new(
        "Created At",
        "date",
        (document, _) => document["metadata"].Text("creationTimestamp"),
        Description: AgeDescription);

    /// <summary>Kinds without columns of their own.</summary>
    public static IReadOnlyList<TableColumn> NameAndAge { get; } = [Name, Age];

    public static TableColumn Text(string name, string description, Func<JsonObject, string?> cell, int priority = 0) =>
        new(name, "string", (document, _) => cell(document) is { Length: > 0 } text ? text : "<none>", priority, "", description);

    public static TableColumn Count(string name, string description, Func<JsonObject, long> cell) =>
        new(name, "integer", (document, _) => cell(document), 0, "", description);
}
