using System.Text.Json.Nodes;
using Routing.Agent.Lab.Api.Kinds;
using Routing.Agent.Lab.Api.Storage;
using Routing.Agent.Lab.Api.Tables;
using Routing.Agent.Lab.Api.Writing;

namespace Routing.Agent.Lab.Api.Http;

/// <summary>Everything below a resource's URL: finds the verb and answers it.</summary>
internal sealed class ResourceEndpoint(
    ObjectStore store,
    KindRegistry registry,
    ObjectWriter writer,
    ObjectDeleter deleter,
    ListEndpoint lists,
    WatchEndpoint watches,
    TimeProvider time)
{
    /// <exception cref="ApiException">Whatever is refused.</exception>
    public async Task HandleAsync(HttpContext http, RequestPath path, CancellationToken cancellationToken)
    {
        var kind = registry.Find(path.Group, path.Version, path.Resource) ?? throw ApiErrors.NoSuchPath();
        var key = new ObjectKey(path.Namespace, path.Name);
        CheckShape(kind, path);
        switch (http.Request.Method, path.Name.Length > 0)
        {
            case ("GET", _) when http.Request.Query.IsTrue("watch") && path.Subresource.Length == 0:
                await watches.HandleAsync(http, kind, path.Namespace, path.Name, cancellationToken).ConfigureAwait(false);
                break;
            case ("GET", true):
                await GetAsync(http, kind, key, cancellationToken).ConfigureAwait(false);
                break;
            case ("GET", false):
                await lists.HandleAsync(http, kind, path.Namespace, cancellationToken).ConfigureAwait(false);
                break;
            case ("POST", true) when path.Subresource == "binding":
                await BindAsync(http, key, cancellationToken).ConfigureAwait(false);
                break;
            case ("POST", false) when !kind.Namespaced || path.Namespace.Length > 0:
                await CreateAsync(http, kind, path.Namespace, cancellationToken).ConfigureAwait(false);
                break;
            case ("PUT", true):
                await UpdateAsync(http, kind, key, path.Subresource, cancellationToken).ConfigureAwait(false);
                break;
            case ("PATCH", true):
                await PatchAsync(http, kind, key, path.Subresource, cancellationToken).ConfigureAwait(false);
                break;
            case ("DELETE", true) when path.Subresource.Length == 0:
                await DeleteAsync(http, kind, key, cancellationToken).ConfigureAwait(false);
                break;
            case ("DELETE", false) when kind.Verbs.Contains("deletecollection"):
                await DeleteCollectionAsync(http, kind, path.Namespace, cancellationToken).ConfigureAwait(false);
                break;
            default:
                throw ApiErrors.MethodNotAllowed();
        }
    }

    /// <summary>Scope and subresource must be ones the kind has.</summary>
    private static void CheckShape(ResourceKind kind, RequestPath path)
    {
        var scoped = path.Namespace.Length > 0;
        var known = path.Subresource switch
        {
            "" => true,
            "status" => kind.HasStatus,
            var other => kind.Subresources.Any(subresource => subresource.Name == other),
        };
        if (!known || (scoped && !kind.Namespaced) || (kind.Namespaced && !scoped && path.Name.Length > 0))
        {
            throw ApiErrors.NoSuchPath();
        }
    }

    private Task GetAsync(HttpContext http, ResourceKind kind, ObjectKey key, CancellationToken cancellationToken)
    {
        var stored = store.Find(kind.Storage, key) ?? throw ApiErrors.NotFound(kind, key.Name);
        return AnswerAsync(http, 200, kind, stored, cancellationToken);
    }

    private async Task CreateAsync(HttpContext http, ResourceKind kind, string scope, CancellationToken cancellationToken)
    {
        var options = WriteOptions.From(http.Request);
        var body = await RequestBody.ReadObjectAsync(http.Request, cancellationToken).ConfigureAwait(false);
        var stored = writer.Create(kind, scope, body, options);
        ApiResponse.Warn(http, options.Warnings);
        await AnswerAsync(http, 201, kind, stored, cancellationToken).ConfigureAwait(false);
    }

    private async Task UpdateAsync(
        HttpContext http, ResourceKind kind, ObjectKey key, string subresource, CancellationToken cancellationToken)
    {
        var options = WriteOptions.From(http.Request);
        var body = await RequestBody.ReadObjectAsync(http.Request, cancellationToken).ConfigureAwait(false);
        var (stored, created) = writer.Update(kind, key, subresource, body, options);
        ApiResponse.Warn(http, options.Warnings);
        await AnswerAsync(http, created ? 201 : 200, kind, stored, cancellationToken).ConfigureAwait(false);
    }

    private async Task PatchAsync(
        HttpContext http, ResourceKind kind, ObjectKey key, string subresource, CancellationToken cancellationToken)
    {
        var options = WriteOptions.From(http.Request);
        var octets = await RequestBody.ReadAsync(http.Request, cancellationToken).ConfigureAwait(false);
        var patch = PatchRequest.Parse(RequestBody.MediaType(http.Request), octets, kind);
        if (patch.IsApply)
        {
            if (http.Request.Query["fieldManager"].ToString().Length == 0)
            {
                throw ApiErrors.BadRequest(
                    "PatchOptions.meta.k8s.io \"\" is invalid: fieldManager: Required value: is required for apply patch");
            }

            var (applied, created) = writer.Apply(kind, key, subresource, patch.Body, options);
            ApiResponse.Warn(http, options.Warnings);
            await AnswerAsync(http, created ? 201 : 200, kind, applied, cancellationToken).ConfigureAwait(false);
            return;
        }

        var stored = writer.Patch(kind, key, subresource, patch.Apply, options);
        ApiResponse.Warn(http, options.Warnings);
        await AnswerAsync(http, 200, kind, stored, cancellationToken).ConfigureAwait(false);
    }

    private async Task DeleteAsync(HttpContext http, ResourceKind kind, ObjectKey key, CancellationToken cancellationToken)
    {
        var dryRun = WriteOptions.From(http.Request).DryRun;
        var body = await RequestBody.ReadOptionsAsync(http.Request, cancellationToken).ConfigureAwait(false);
        var gone = deleter.Delete(kind, key, DeleteOptions.From(body, dryRun));
        if (kind.ReturnsDeleted || gone.IsTerminating)
        {
            await AnswerAsync(http, 200, kind, gone, cancellationToken).ConfigureAwait(false);
            return;
        }

        var details = new JsonObject { ["name"] = key.Name };
        if (kind.Group.Length > 0)
        {
            details["group"] = kind.Group;
        }

        details["kind"] = kind.Plural;
        details["uid"] = gone.Uid;
        var status = new JsonObject
        {
            ["kind"] = "Status",
            ["apiVersion"] = "v1",
            ["metadata"] = new JsonObject(),
            ["status"] = "Success",
            ["details"] = details,
        };
        await ApiResponse.WriteAsync(http, 200, status, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Deletes what a list with the same selectors shows, and answers with that list.</summary>
    private async Task DeleteCollectionAsync(
        HttpContext http, ResourceKind kind, string scope, CancellationToken cancellationToken)
    {
        var dryRun = WriteOptions.From(http.Request).DryRun;
        var body = await RequestBody.ReadOptionsAsync(http.Request, cancellationToken).ConfigureAwait(false);
        var options = DeleteOptions.From(body, dryRun);
        var (page, metadata) = store.Atomically(() =>
        {
            var read = lists.Read(kind, scope, http.Request.Query);
            read.Page.ForEach(item => deleter.Delete(kind, item.Key, options));
            return read;
        });
        var items = page.Select(item =>
        {
            var document = NextVersion.InVersion(item.Document, kind).Clone();
            return (JsonNode?)document;
        });
        var list = new JsonObject
        {
            ["kind"] = kind.ListKind,
            ["apiVersion"] = kind.ApiVersion,
            ["metadata"] = metadata,
            ["items"] = new JsonArray([.. items]),
        };
        await ApiResponse.WriteAsync(http, 200, list, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>pods/binding: what a scheduler does.</summary>
    private async Task BindAsync(HttpContext http, ObjectKey key, CancellationToken cancellationToken)
    {
        var body = await RequestBody.ReadObjectAsync(http.Request, cancellationToken).ConfigureAwait(false);
        writer.Bind(key, body, WriteOptions.From(http.Request));
        var status = new JsonObject
        {
            ["kind"] = "Status",
            ["apiVersion"] = "v1",
            ["metadata"] = new JsonObject(),
            ["status"] = "Success",
            ["code"] = 201,
        };
        await ApiResponse.WriteAsync(http, 201, status, cancellationToken).ConfigureAwait(false);
    }

    private Task AnswerAsync(
        HttpContext http, int code, ResourceKind kind, StoredObject stored, CancellationToken cancellationToken)
    {
        switch (Negotiation.Form(http.Request))
        {
            case ResponseForm.Table:
                var metadata = new JsonObject { ["resourceVersion"] = stored.Metadata.Text("resourceVersion") };
                var include = http.Request.Query["includeObject"].ToString();
                var table = TableRenderer.Render(kind, [stored], metadata, include, time.GetUtcNow());
                return ApiResponse.WriteAsync(http, code, table, cancellationToken);
            case ResponseForm.Metadata:
                return ApiResponse.WriteAsync(http, code, TableRenderer.PartialMetadata(stored), cancellationToken);
            default:
                return stored.Document.Text("apiVersion") == kind.ApiVersion
                    ? ApiResponse.WriteAsync(http, code, stored.Utf8, cancellationToken)
                    : ApiResponse.WriteAsync(http, code, NextVersion.InVersion(stored.Document, kind), cancellationToken);
        }
    }
}
