using System.Text.Json.Nodes;
using Routing.Agent.Lab.Api.Http;
using Routing.Agent.Lab.Api.Kinds;
using Routing.Agent.Lab.Api.Storage;
using Routing.Agent.Lab.Api.Validation;

namespace Routing.Agent.Lab.Api.Writing;

/// <summary>Deletes objects and what goes with them: a namespace's contents, a definition's instances. An object with finalizers is
/// only marked; whoever removes the last one deletes it.</summary>
internal sealed class ObjectDeleter(WriteContext context)
{
    private static readonly string[] ImmortalNamespaces = ["default", "kube-public", "kube-system"];

    /// <returns>The object as it was when it went, or as it is now if it only was marked.</returns>
    public StoredObject Delete(ResourceKind kind, ObjectKey key, DeleteOptions options) => context.Store.Atomically(() =>
    {
        var stored = context.Store.Find(kind.Storage, key) ?? throw ApiErrors.NotFound(kind, key.Name);
        CheckPreconditions(kind, stored, options);
        if (kind.Storage == BuiltInKinds.Namespace.Storage)
        {
            return DeleteNamespace(kind, stored, options.DryRun);
        }

        if (kind.Storage == BuiltInKinds.Definition.Storage && !options.DryRun)
        {
            foreach (var instances in context.Registry.All.Where(custom => custom.Storage == key.Name).Take(1).ToArray())
            {
                DeleteAll(instances, _ => true);
            }
        }

        return MarkOrRemove(kind, key, options.DryRun);
    });

    /// <summary>After any removal: a namespace that waited for its last object can go.</summary>
    public void FinishNamespace(string name)
    {
        var key = new ObjectKey("", name);
        if (name.Length > 0 && context.Store.Find("namespaces", key) is { IsTerminating: true } && IsEmpty(name))
        {
            context.Store.Change("namespaces", key, _ => null, dryRun: false);
        }
    }

    private StoredObject DeleteNamespace(ResourceKind kind, StoredObject stored, bool dryRun)
    {
        var name = stored.Key.Name;
        if (ImmortalNamespaces.Contains(name))
        {
            throw ApiErrors.Forbidden(kind, name, "this namespace may not be deleted");
        }

        // The mark is an event of its own, so that watchers see Terminating before the contents go.
        var marked = context.Store.Change(kind.Storage, stored.Key, old => Mark(old!, document =>
            document.Object("status")["phase"] = "Terminating"), dryRun)!;
        if (!dryRun)
        {
            foreach (var contents in context.Registry.All.Where(k => k.Namespaced).DistinctBy(k => k.Storage).ToArray())
            {
                DeleteAll(contents, key => key.Namespace == name);
            }

            FinishNamespace(name);
        }

        return marked;
    }

    private void DeleteAll(ResourceKind kind, Func<ObjectKey, bool> chosen)
    {
        foreach (var key in context.Store.List(kind.Storage).Objects.Keys.Where(chosen).ToArray())
        {
            MarkOrRemove(kind, key, dryRun: false);
        }
    }

    private StoredObject MarkOrRemove(ResourceKind kind, ObjectKey key, bool dryRun) => context.Store.Change(
        kind.Storage,
        key,
        old => old!.Metadata["finalizers"] is JsonArray { Count: > 0 } ? Mark(old, _ => { }) : null,
        dryRun)!;

    private JsonObject Mark(StoredObject old, Action<JsonObject> further)
    {
        if (old.IsTerminating)
        {
            return old.Document;
        }

        var document = old.Document.Clone();
        document.Object("metadata")["deletionTimestamp"] = JsonText.Time(context.Time.GetUtcNow());
        document.Object("metadata")["deletionGracePeriodSeconds"] = 0;
        further(document);
        return document;
    }

    private bool IsEmpty(string name) => context.Registry.All.Where(kind => kind.Namespaced)
        .All(kind => !context.Store.List(kind.Storage).Objects.Keys.Any(key => key.Namespace == name));

    private static void CheckPreconditions(ResourceKind kind, StoredObject stored, DeleteOptions options)
    {
        if (options.Uid is { } uid && uid != stored.Uid)
        {
            throw ApiErrors.Conflict(
                kind, stored.Key.Name, $"Precondition failed: UID in precondition: {uid}, UID in object meta: {stored.Uid}");
        }

        if (options.ResourceVersion is { } version && version != JsonText.Number(stored.Version))
        {
            throw ApiErrors.Conflict(
                kind,
                stored.Key.Name,
                $"Precondition failed: ResourceVersion in precondition: {version}, ResourceVersion in object meta: {stored.Version}");
        }
    }
}
