using System.Text.Json.Nodes;
using Routing.Agent.Lab.Api.Apply;
using Routing.Agent.Lab.Api.Http;
using Routing.Agent.Lab.Api.Kinds;
using Routing.Agent.Lab.Api.Storage;
using Routing.Agent.Lab.Api.Validation;

namespace Routing.Agent.Lab.Api.Writing;

/// <summary>Creates and changes objects in the order the real server does: decode, default, record managers, prepare, validate,
/// store. Every step after decoding runs inside the store's lock, on the newest state.</summary>
internal sealed class ObjectWriter(WriteContext context)
{
    private static readonly string[] ServersMetadata =
    [
        "uid", "creationTimestamp", "deletionTimestamp", "deletionGracePeriodSeconds", "generation", "selfLink", "managedFields",
    ];

    /// <param name="kind">Of the endpoint.</param>
    /// <param name="scope">Namespace of the URL; empty for cluster-scoped kinds.</param>
    /// <param name="body">As sent.</param>
    /// <param name="options">See <see cref="WriteOptions"/>.</param>
    public StoredObject Create(ResourceKind kind, string scope, JsonNode? body, WriteOptions options)
    {
        var document = DocumentDecoder.Decode(kind, body, options);
        var key = Identify(kind, scope, name: null, document);
        return Create(kind, key, document, options, Writer(kind, options, "Update", ""));
    }

    /// <summary>Replaces an object, or its status.</summary>
    /// <returns>The object, and whether it is new.</returns>
    public (StoredObject Object, bool Created) Update(
        ResourceKind kind, ObjectKey key, string subresource, JsonNode? body, WriteOptions options)
    {
        var document = DocumentDecoder.Decode(kind, body, options);
        Identify(kind, key.Namespace, key.Name, document);
        if (kind.CreatesOnUpdate && subresource.Length == 0 && context.Store.Find(kind.Storage, key) is null)
        {
            return (Create(kind, key, document, options, Writer(kind, options, "Update", "")), true);
        }

        return (Change(kind, key, subresource, options, _ => document), false);
    }

    /// <summary>Applies a patch to the newest state.</summary>
    public StoredObject Patch(
        ResourceKind kind, ObjectKey key, string subresource, Func<JsonObject, JsonNode?> patch, WriteOptions options) =>
        Change(kind, key, subresource, options, old =>
        {
            var document = DocumentDecoder.Decode(kind, patch(InVersion(old.Document, kind)), options);
            Identify(kind, key.Namespace, key.Name, document);
            return document;
        });

    /// <summary>Server-side apply: creates what is missing, but for a subresource.</summary>
    public (StoredObject Object, bool Created) Apply(
        ResourceKind kind, ObjectKey key, string subresource, JsonNode? body, WriteOptions options)
    {
        var configuration = DocumentDecoder.Decode(kind, body, options);
        Identify(kind, key.Namespace, key.Name, configuration);
        if (configuration["metadata"].At("managedFields") is not null)
        {
            throw ApiErrors.BadRequest("metadata.managedFields must be nil");
        }

        var writer = Writer(kind, options, "Apply", subresource);
        bool? onlyStatus = Division(kind, subresource);
        return context.Store.Atomically(() =>
        {
            if (context.Store.Find(kind.Storage, key) is null)
            {
                if (subresource.Length > 0)
                {
                    throw ApiErrors.NotFound(kind, key.Name);
                }

                var fresh = ServerSideApply.Apply(null, configuration, writer, kind.Schema, options.Force, onlyStatus);
                Identify(kind, key.Namespace, key.Name, fresh);
                return (Create(kind, key, fresh, options, writer), true);
            }

            var changed = Change(
                kind, key, subresource, options,
                old =>
                {
                    CheckPreconditions(kind, configuration, old); // what is merged has the stored object's metadata
                    return ServerSideApply.Apply(
                        InVersion(old.Document, kind), configuration, writer, kind.Schema, options.Force, onlyStatus);
                },
                writer);
            return (changed, false);
        });
    }

    /// <summary>Puts a pod on a node, once.</summary>
    public void Bind(ObjectKey pod, JsonNode? binding, WriteOptions options)
    {
        var kind = BuiltInKinds.Pod;
        var node = binding.Text("target", "name");
        if (string.IsNullOrEmpty(node))
        {
            throw ApiErrors.Invalid(kind, pod.Name, [FieldError.Required("target.name")]);
        }

        context.Store.Change(
            kind.Storage,
            pod,
            old =>
            {
                var document = old?.Document.Clone() ?? throw ApiErrors.NotFound(kind, pod.Name);
                if (document.Text("spec", "nodeName") is { Length: > 0 } already)
                {
                    throw ApiErrors.Conflict(kind, pod.Name, $"pod {pod.Name} is already assigned to node \"{already}\"");
                }

                document.Object("spec")["nodeName"] = node;
                var scheduled = new JsonObject
                {
                    ["type"] = "PodScheduled",
                    ["status"] = "True",
                    ["lastTransitionTime"] = JsonText.Time(context.Time.GetUtcNow()),
                };
                var status = document.Object("status");
                status["conditions"] = new JsonArray([
                    .. status.Objects("conditions").Where(had => had.Text("type") != "PodScheduled").Select(had => had.DeepClone()),
                    scheduled,
                ]);
                return document;
            },
            options.DryRun);
    }

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

    private StoredObject Create(
        ResourceKind kind, ObjectKey key, JsonObject document, WriteOptions options, ManagedEntry writer)
    {
        var metadata = document.Object("metadata");
        return context.Store.Change(
            kind.Storage,
            key,
            old =>
            {
                if (old is not null)
                {
                    throw ApiErrors.AlreadyExists(kind, key.Name);
                }

                CheckNamespace(kind, key);
                if (!string.IsNullOrEmpty(metadata.Text("resourceVersion")))
                {
                    throw new ApiException(500, "", "resourceVersion should not be set on objects to be created");
                }

                var applied = writer.Operation == "Apply" ? metadata["managedFields"]?.DeepClone() : null;
                foreach (var field in ServersMetadata)
                {
                    metadata.Remove(field);
                }

                if (kind.HasStatus && !kind.KeepsStatusOnCreate)
                {
                    document.Remove("status");
                }

                kind.Rules.Default(document);
                if (applied is not null)
                {
                    metadata["managedFields"] = applied;
                }
                else
                {
                    ManagedFields.RecordUpdate(document, null, writer, kind.Schema, kind.KeepsStatusOnCreate ? null : Division(kind, ""));
                }

                kind.Rules.PrepareCreate(document, context);
                metadata["uid"] = Guid.NewGuid().ToString();
                metadata["creationTimestamp"] = JsonText.Time(context.Time.GetUtcNow());
                if (kind.HasGeneration)
                {
                    metadata["generation"] = 1;
                }

                Validate(kind, document, null, "");
                return document;
            },
            options.DryRun)!;
    }

    private StoredObject Change(
        ResourceKind kind,
        ObjectKey key,
        string subresource,
        WriteOptions options,
        Func<StoredObject, JsonObject> change,
        ManagedEntry? applier = null)
    {
        var changed = context.Store.Change(
            kind.Storage,
            key,
            old =>
            {
                if (old is null)
                {
                    throw ApiErrors.NotFound(kind, key.Name);
                }

                var document = change(old);
                CheckPreconditions(kind, document, old);
                var applied = applier is null ? null : document.At("metadata", "managedFields")?.DeepClone();
                document = subresource == "status" ? WithStatusOf(document, old, kind) : WithServersFields(document, old, kind);
                kind.Rules.Default(document);
                if (subresource.Length == 0)
                {
                    kind.Rules.PrepareUpdate(document, old.Document, context);
                }

                BumpGeneration(kind, document, old.Document);
                Record(kind, document, old, subresource, options, applied);
                Validate(kind, document, old.Document, subresource);
                return Outcome(document, old);
            },
            options.DryRun)!;
        return changed;
    }

    /// <summary>Nothing changed: no new version. The last finalizer went from an object that is to be deleted: it goes.</summary>
    private static JsonObject? Outcome(JsonObject document, StoredObject old)
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

    private void Record(
        ResourceKind kind, JsonObject document, StoredObject old, string subresource, WriteOptions options, JsonNode? applied)
    {
        if (applied is not null)
        {
            document.Object("metadata")["managedFields"] = applied;
        }
        else
        {
            ManagedFields.RecordUpdate(
                document, old.Document, Writer(kind, options, "Update", subresource), kind.Schema, Division(kind, subresource));
        }
    }

    private static void BumpGeneration(ResourceKind kind, JsonObject document, JsonObject old)
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

    private static JsonObject WithServersFields(JsonObject document, StoredObject old, ResourceKind kind)
    {
        TakeMetadata(document, old, [.. ServersMetadata, "resourceVersion", "name", "namespace"]);
        if (kind.HasStatus)
        {
            Take(document, old.Document, "status");
        }

        return document;
    }

    /// <summary>The status endpoint changes status alone; of built-in kinds also labels and annotations, as the real server.</summary>
    private static JsonObject WithStatusOf(JsonObject document, StoredObject old, ResourceKind kind)
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

    private static void CheckPreconditions(ResourceKind kind, JsonObject document, StoredObject old)
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

    private static void Validate(ResourceKind kind, JsonObject document, JsonObject? old, string subresource)
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

    private void CheckNamespace(ResourceKind kind, ObjectKey key)
    {
        if (!kind.Namespaced)
        {
            return;
        }

        var home = context.Store.Find("namespaces", new ObjectKey("", key.Namespace))
            ?? throw ApiErrors.NotFound(BuiltInKinds.Namespace, key.Namespace);
        if (home.IsTerminating)
        {
            throw ApiErrors.Forbidden(
                kind, key.Name, $"unable to create new content in namespace {key.Namespace} because it is being terminated");
        }
    }

    /// <summary>Name and namespace from URL and body, which must agree.</summary>
    private static ObjectKey Identify(ResourceKind kind, string scope, string? name, JsonObject document)
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

    private ManagedEntry Writer(ResourceKind kind, WriteOptions options, string operation, string subresource) => new(
        options.Manager, operation, kind.ApiVersion, subresource, JsonText.Time(context.Time.GetUtcNow()), FieldSet.Empty);

    private static bool? Division(ResourceKind kind, string subresource) =>
        kind.HasStatus ? subresource == "status" : null;
}
