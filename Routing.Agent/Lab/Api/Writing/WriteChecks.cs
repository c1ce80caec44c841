using System.Text.Json.Nodes;
using Routing.Agent.Lab.Api.Http;
using Routing.Agent.Lab.Api.Kinds;
using Routing.Agent.Lab.Api.Storage;
using Routing.Agent.Lab.Api.Validation;

namespace Routing.Agent.Lab.Api.Writing;

/// <summary>What a write has to fulfil.</summary>
internal static class WriteChecks
{
    /// <summary>Name and namespace from URL and body, which must agree.</summary>
    public static ObjectKey Identify(ResourceKind kind, string scope, string? name, JsonObject document)
    {
        var metadata = document.Object("metadata");
        var said = metadata.Text("namespace") ?? "";
        if (said.Length > 0 && said != scope)
        {
            throw ApiErrors.BadRequest(kind.Namespaced
                ? "the namespace of the provided object does not match the namespace sent on the request"
                : "namespace is not allowed on this type");
        }

        if (kind.Namespaced)
        {
            metadata["namespace"] = scope;
        }

        var own = metadata.Text("name") ?? "";
        if (name is not null && own.Length > 0 && own != name)
        {
            throw ApiErrors.BadRequest($"the name of the object ({own}) does not match the name on the URL ({name})");
        }

        if (own.Length == 0)
        {
            own = name ?? (metadata.Text("generateName") is { Length: > 0 } stem ? NameSuffix.Make(stem) : "");
            metadata["name"] = own;
        }

        return new ObjectKey(scope, own);
    }

    /// <summary>The version and the object that the writer has seen, where it says so.</summary>
    public static void CheckPreconditions(ResourceKind kind, JsonObject document, StoredObject old)
    {
        var version = document["metadata"].Text("resourceVersion");
        if (!string.IsNullOrEmpty(version) && version != JsonText.Number(old.Version))
        {
            throw ApiErrors.Modified(kind, old.Key.Name);
        }

        var uid = document["metadata"].Text("uid");
        if (!string.IsNullOrEmpty(uid) && uid != old.Uid)
        {
            throw ApiErrors.Conflict(
                kind, old.Key.Name, $"Precondition failed: UID in precondition: {uid}, UID in object meta: {old.Uid}");
        }
    }

    /// <summary>Every field that is wrong, at once.</summary>
    public static void Validate(ResourceKind kind, JsonObject document, JsonObject? old, string subresource)
    {
        var errors = new List<FieldError>();
        MetadataValidator.Validate(kind, document, errors);
        if (old is not null)
        {
            MetadataValidator.ValidateUpdate(document, old, errors);
        }

        kind.Rules.Validate(document, errors);
        if (old is not null && subresource.Length == 0)
        {
            kind.Rules.ValidateUpdate(document, old, errors);
        }

        if (errors.Count > 0)
        {
            throw ApiErrors.Invalid(kind, document["metadata"].Text("name") ?? "", errors);
        }
    }

    /// <summary>Nothing is made in a namespace that is not there, or about to go.</summary>
    public static void CheckNamespace(ResourceKind kind, ObjectKey key, ObjectStore store)
    {
        if (!kind.Namespaced)
        {
            return;
        }

        var home = store.Find("namespaces", new ObjectKey("", key.Namespace))
            ?? throw ApiErrors.NotFound(BuiltInKinds.Namespace, key.Namespace);
        if (home.IsTerminating)
        {
            throw ApiErrors.Forbidden(
                kind, key.Name, $"unable to create new content in namespace {key.Namespace} because it is being terminated");
        }
    }
}
