using System.Text.Json.Nodes;

namespace Routing.Agent.Lab.Api.Storage;

/// <summary>Puts the common fields in the order the real server writes them, which is the order people know from -o json.</summary>
internal static class ObjectOrder
{
    private static readonly string[] Top = ["kind", "apiVersion", "metadata", "spec", "status"];

    private static readonly string[] Meta =
    [
        "name", "generateName", "namespace", "uid", "resourceVersion", "generation", "creationTimestamp", "deletionTimestamp",
        "deletionGracePeriodSeconds", "labels", "annotations", "ownerReferences", "finalizers", "managedFields",
    ];

    /// <summary>Reorders <paramref name="document"/> in place; what has no known place keeps its order, after metadata.</summary>
    public static JsonObject Canonical(JsonObject document)
    {
        Reorder(document, Top);
        Reorder(document.Object("metadata"), Meta);
        return document;
    }

    private static void Reorder(JsonObject node, string[] order)
    {
        int Rank(string name) => Array.IndexOf(order, name) is var at and >= 0 ? at : order.Length;
        var pairs = node.ToArray();
        node.Clear();
        foreach (var (name, value) in pairs.OrderBy(pair => Rank(pair.Key)))
        {
            node[name] = value;
        }
    }
}
