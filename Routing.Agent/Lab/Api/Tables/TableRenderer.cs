using System.Text.Json.Nodes;
using Routing.Agent.Lab.Api.Kinds;
using Routing.Agent.Lab.Api.Storage;

namespace Routing.Agent.Lab.Api.Tables;

/// <summary>Turns objects into a meta.k8s.io/v1 Table, which is what `kubectl get` asks for.</summary>
internal static class TableRenderer
{
    /// <param name="kind">Whose columns.</param>
    /// <param name="objects">A row each.</param>
    /// <param name="metadata">The list's, or just a resourceVersion.</param>
    /// <param name="includeObject">None, Metadata (the default) or Object, as the client asked.</param>
    /// <param name="now">For ages.</param>
    /// <param name="withColumns">False in a watch after its first event.</param>
    public static JsonObject Render(
        ResourceKind kind,
        IEnumerable<StoredObject> objects,
        JsonObject metadata,
        string? includeObject,
        DateTimeOffset now,
        bool withColumns = true)
    {
        var columns = withColumns ? kind.Columns.Select(column => (JsonNode)column.Definition()) : [];
        return new JsonObject
        {
            ["kind"] = "Table",
            ["apiVersion"] = "meta.k8s.io/v1",
            ["metadata"] = metadata,
            ["columnDefinitions"] = new JsonArray([.. columns]),
            ["rows"] = new JsonArray([.. objects.Select(item => Row(kind, item, includeObject, now))]),
        };
    }

    public static JsonObject PartialMetadata(StoredObject item) => new()
    {
        ["kind"] = "PartialObjectMetadata",
        ["apiVersion"] = "meta.k8s.io/v1",
        ["metadata"] = item.Metadata.DeepClone(),
    };

    private static JsonObject Row(ResourceKind kind, StoredObject item, string? includeObject, DateTimeOffset now)
    {
        var row = new JsonObject
        {
            ["cells"] = new JsonArray([.. kind.Columns.Select(column => column.Cell(item.Document, now))]),
        };
        if (includeObject != "None")
        {
            row["object"] = includeObject == "Object" ? item.Document.DeepClone() : PartialMetadata(item);
        }

        return row;
    }
}
