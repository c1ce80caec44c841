using System.Text.Json.Nodes;
using Routing.Agent.Lab.Api.Kinds;
using Routing.Agent.Lab.Api.Storage;

namespace Routing.Agent.Lab.Api.Writing;

/// <summary>What makes a document that was sent the next version of a stored object: what is the server's to say stays as it was, or
/// follows from what changed.</summary>
internal static class NextVersion
{
    private static readonly string[] ServersMetadata =
    [
        "uid", "creationTimestamp", "deletionTimestamp", "deletionGracePeriodSeconds", "generation", "selfLink", "managedFields",
    ];

    /// <summary>The stored document as a version of its kind shows it.</summary>
    public static JsonObject InVersion(JsonObject document, ResourceKind kind)
    {
        if (document.Text("apiVersion") == kind.ApiVersion)
        {
            return document;
        }

        var converted = document.Clone();
        converted["apiVersion"] = kind.ApiVersion;
        return converted;
    }

    /// <summary>Takes away what a client may not say of an object that is new.</summary>
    public static void DropServersFields(JsonObject metadata)
    {
        foreach (var field in ServersMetadata)
        {
            metadata.Remove(field);
        }
    }

    /// <summary>What is counted is another specification, not another status.</summary>
    public static void BumpGeneration(ResourceKind kind, JsonObject document, JsonObject old)
    {
        static JsonObject Counted(JsonObject document, bool withoutStatus)
        {
            var rest = document.Clone();
            rest.Remove("metadata");
            rest.Remove("apiVersion");
            if (withoutStatus)
            {
                rest.Remove("status");
            }

            return rest;
        }

        if (kind.HasGeneration && !Counted(document, kind.HasStatus).Same(Counted(old, kind.HasStatus)))
        {
            document.Object("metadata")["generation"] = (old.Integer("metadata", "generation") ?? 0) + 1;
        }
    }

    /// <summary>What was sent, with what the server alone says, and the status, as they were.</summary>
    public static JsonObject WithServersFields(JsonObject document, StoredObject old, ResourceKind kind)
    {
        TakeMetadata(document, old, [.. ServersMetadata, "resourceVersion", "name", "namespace"]);
        if (kind.HasStatus)
        {
            Take(document, old.Document, "status");
        }

        return document;
    }

    /// <summary>The status endpoint changes status alone; of built-in kinds also labels and annotations, as the real server.</summary>
    public static JsonObject WithStatusOf(JsonObject document, StoredObject old, ResourceKind kind)
    {
        var result = InVersion(old.Document, kind).Clone();
        Take(result, document, "status");
        if (!kind.IsCustom)
        {
            Take(result.Object("metadata"), document.Object("metadata"), "labels");
            Take(result.Object("metadata"), document.Object("metadata"), "annotations");
        }

        return result;
    }

    /// <summary>Nothing changed: no new version. The last finalizer went from an object that is to be deleted: it goes.</summary>
    public static JsonObject? Outcome(JsonObject document, StoredObject old)
    {
        if (document.At("metadata", "deletionTimestamp") is not null
            && document.At("metadata", "finalizers") is not JsonArray { Count: > 0 }
            && document.At("spec", "finalizers") is not JsonArray { Count: > 0 })
        {
            return null;
        }

        return SameButTimes(document, old.Document) ? old.Document : document;
    }

    private static bool SameButTimes(JsonObject left, JsonObject right)
    {
        static JsonObject Timeless(JsonObject document)
        {
            var copy = document.Clone();
            foreach (var entry in copy.Objects("metadata", "managedFields"))
            {
                entry.Remove("time");
            }

            return copy;
        }

        return Timeless(left).Same(Timeless(right));
    }

    private static void TakeMetadata(JsonObject document, StoredObject old, IEnumerable<string> fields)
    {
        foreach (var field in fields)
        {
            Take(document.Object("metadata"), old.Metadata, field);
        }
    }

    private static void Take(JsonObject to, JsonObject from, string field)
    {
        to.Remove(field);
        if (from[field] is { } value)
        {
            to[field] = value.DeepClone();
        }
    }
}
