using System.Text;
using System.Text.Json.Nodes;
using Routing.Agent.Lab.Api.Kinds;
using Routing.Agent.Lab.Api.Selectors;
using Routing.Agent.Lab.Api.Storage;
using Routing.Agent.Lab.Api.Tables;
using Routing.Agent.Lab.Api.Writing;

namespace Routing.Agent.Lab.Api.Http;

/// <summary>GET of a collection: pages that all show one version of the store.</summary>
internal sealed class ListEndpoint(ObjectStore store, TimeProvider time)
{
    public async Task HandleAsync(HttpContext http, ResourceKind kind, string scope, CancellationToken cancellationToken)
    {
        var form = Negotiation.Form(http.Request);
        var (page, metadata) = Read(kind, scope, http.Request.Query);
        switch (form)
        {
            case ResponseForm.Table:
                var include = http.Request.Query["includeObject"].ToString();
                var table = TableRenderer.Render(kind, page, metadata, include, time.GetUtcNow());
                await ApiResponse.WriteAsync(http, 200, table, cancellationToken).ConfigureAwait(false);
                break;
            case ResponseForm.Metadata:
                var partial = new JsonObject
                {
                    ["kind"] = "PartialObjectMetadataList",
                    ["apiVersion"] = "meta.k8s.io/v1",
                    ["metadata"] = metadata,
                    ["items"] = new JsonArray([.. page.Select(TableRenderer.PartialMetadata)]),
                };
                await ApiResponse.WriteAsync(http, 200, partial, cancellationToken).ConfigureAwait(false);
                break;
            default:
                await ApiResponse.WriteAsync(http, 200, Compose(kind, page, metadata), cancellationToken).ConfigureAwait(false);
                break;
        }
    }

    /// <summary>The objects of one page and the list's metadata.</summary>
    public (List<StoredObject> Page, JsonObject Metadata) Read(ResourceKind kind, string scope, IQueryCollection query)
    {
        var labels = LabelSelector.Parse(query["labelSelector"]);
        var fields = FieldSelector.Parse(query["fieldSelector"], kind);
        var (snapshot, after) = Snapshot(kind, query);
        var matching = snapshot.Objects
            .Where(pair => (scope.Length == 0 || pair.Key.Namespace == scope)
                && (after is null || pair.Key.CompareTo(after.Value) > 0)
                && labels.Matches(pair.Value) && fields.Matches(pair.Value))
            .Select(pair => pair.Value);
        var metadata = new JsonObject { ["resourceVersion"] = JsonText.Number(snapshot.Version) };
        if (query.Number("limit") is not (> 0 and <= int.MaxValue) || query.Number("limit") is not { } limit)
        {
            return (matching.ToList(), metadata);
        }

        var all = matching.ToList();
        var page = all.Take((int)limit).ToList();
        if (all.Count > page.Count)
        {
            metadata["continue"] = ListToken.Encode(snapshot.Version, page[^1].Key);
            if (labels.IsEmpty && query["fieldSelector"].Count == 0)
            {
                metadata["remainingItemCount"] = all.Count - page.Count;
            }
        }

        return (page, metadata);
    }

    /// <summary>Which version is read: the newest, or an exact one that is still known.</summary>
    private (ListSnapshot Snapshot, ObjectKey? After) Snapshot(ResourceKind kind, IQueryCollection query)
    {
        var token = query["continue"].ToString();
        if (token.Length > 0)
        {
            var (version, last) = ListToken.Decode(token);
            return (store.ListAt(kind.Storage, version) ?? throw ApiErrors.ContinueExpired(), last);
        }

        var wanted = query.Number("resourceVersion") ?? 0;
        var match = query["resourceVersionMatch"].ToString();
        var newest = store.List(kind.Storage);
        if (match is not ("" or "Exact" or "NotOlderThan"))
        {
            throw ApiErrors.BadRequest($"resourceVersionMatch: Unsupported value: \"{match}\"");
        }

        if (wanted > newest.Version)
        {
            throw ApiErrors.VersionTooLarge(wanted, newest.Version);
        }

        return match == "Exact" && wanted > 0
            ? (store.ListAt(kind.Storage, wanted) ?? throw ApiErrors.ListExpired(), null)
            : (newest, null);
    }

    /// <summary>Joins the objects' ready-made octets. Items of a built-in kind go without kind and apiVersion, as Go lists do.</summary>
    private static byte[] Compose(ResourceKind kind, List<StoredObject> page, JsonObject metadata)
    {
        using var body = new MemoryStream();
        body.Write(Encoding.UTF8.GetBytes($"{{\"kind\":\"{kind.ListKind}\",\"apiVersion\":\"{kind.ApiVersion}\",\"metadata\":"));
        body.Write(JsonText.Compact(metadata));
        body.Write(",\"items\":["u8);
        for (var i = 0; i < page.Count; i++)
        {
            if (i > 0)
            {
                body.WriteByte((byte)',');
            }

            body.Write(Item(kind, page[i]).Span);
        }

        body.Write("]}"u8);
        return body.ToArray();
    }

    private static ReadOnlyMemory<byte> Item(ResourceKind kind, StoredObject item) =>
        !kind.IsCustom ? item.ListItemUtf8
        : item.Document.Text("apiVersion") == kind.ApiVersion ? item.Utf8
        : JsonText.Compact(NextVersion.InVersion(item.Document, kind));
}
