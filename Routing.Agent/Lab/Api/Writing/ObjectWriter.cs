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
    /// <param name="kind">Of the endpoint.</param>
    /// <param name="scope">Namespace of the URL; empty for cluster-scoped kinds.</param>
    /// <param name="body">As sent.</param>
    /// <param name="options">See <see cref="WriteOptions"/>.</param>
    public StoredObject Create(ResourceKind kind, string scope, JsonNode? body, WriteOptions options)
    {
        var document = DocumentDecoder.Decode(kind, body, options);
        var key = WriteChecks.Identify(kind, scope, name: null, document);
        return Create(kind, key, document, options, Writer(kind, options, "Update", ""));
    }

    /// <summary>Replaces an object, or its status.</summary>
    /// <returns>The object, and whether it is new.</returns>
    public (StoredObject Object, bool Created) Update(
        ResourceKind kind, ObjectKey key, string subresource, JsonNode? body, WriteOptions options)
    {
        var document = DocumentDecoder.Decode(kind, body, options);
        WriteChecks.Identify(kind, key.Namespace, key.Name, document);
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
            var document = DocumentDecoder.Decode(kind, patch(NextVersion.InVersion(old.Document, kind)), options);
            WriteChecks.Identify(kind, key.Namespace, key.Name, document);
            return document;
        });

    /// <summary>Server-side apply: creates what is missing, but for a subresource.</summary>
    public (StoredObject Object, bool Created) Apply(
        ResourceKind kind, ObjectKey key, string subresource, JsonNode? body, WriteOptions options)
    {
        var configuration = DocumentDecoder.Decode(kind, body, options);
        WriteChecks.Identify(kind, key.Namespace, key.Name, configuration);
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
                WriteChecks.Identify(kind, key.Namespace, key.Name, fresh);
                return (Create(kind, key, fresh, options, writer), true);
            }

            var changed = Change(
                kind, key, subresource, options,
                old =>
                {
                    WriteChecks.CheckPreconditions(kind, configuration, old); // what is merged has the stored object's metadata
                    return ServerSideApply.Apply(
                        NextVersion.InVersion(old.Document, kind), configuration, writer, kind.Schema, options.Force, onlyStatus);
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

                WriteChecks.CheckNamespace(kind, key, context.Store);
                if (!string.IsNullOrEmpty(metadata.Text("resourceVersion")))
                {
                    throw new ApiException(500, "", "resourceVersion should not be set on objects to be created");
                }

                var applied = writer.Operation == "Apply" ? metadata["managedFields"]?.DeepClone() : null;
                NextVersion.DropServersFields(metadata);
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

                WriteChecks.Validate(kind, document, null, "");
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
        return context.Store.Change(
            kind.Storage,
            key,
            old =>
            {
                if (old is null)
                {
                    throw ApiErrors.NotFound(kind, key.Name);
                }

                var document = change(old);
                WriteChecks.CheckPreconditions(kind, document, old);
                var applied = applier is null ? null : document.At("metadata", "managedFields")?.DeepClone();
                document = subresource == "status"
                    ? NextVersion.WithStatusOf(document, old, kind)
                    : NextVersion.WithServersFields(document, old, kind);
                kind.Rules.Default(document);
                if (subresource.Length == 0)
                {
                    kind.Rules.PrepareUpdate(document, old.Document, context);
                }

                NextVersion.BumpGeneration(kind, document, old.Document);
                Record(kind, document, old, subresource, options, applied);
                WriteChecks.Validate(kind, document, old.Document, subresource);
                return NextVersion.Outcome(document, old);
            },
            options.DryRun)!;
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

    private ManagedEntry Writer(ResourceKind kind, WriteOptions options, string operation, string subresource) => new(
        options.Manager, operation, kind.ApiVersion, subresource, JsonText.Time(context.Time.GetUtcNow()), FieldSet.Empty);

    private static bool? Division(ResourceKind kind, string subresource) =>
        kind.HasStatus ? subresource == "status" : null;
}
