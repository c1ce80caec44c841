using System.Text;
using System.Text.Json.Nodes;
using Routing.Agent.Lab.Api.Http;
using Routing.Agent.Lab.Api.Kinds;

namespace Routing.Agent.Lab.Api.Discovery;

/// <summary>As much OpenAPI as `kubectl apply` reads. Since 1.25 kubectl looks in version 3 whether PATCH takes a fieldValidation
/// parameter, and then leaves validation to the server; so the paths are there and the schemas are not. Older ones validate
/// by version 2 and let pass every kind that it does not define; it defines none, and the server is strict with them
/// instead (see WriteOptions).</summary>
internal sealed class OpenApiEndpoint(KindRegistry registry)
{
    private static readonly string[] Parameters = ["dryRun", "fieldManager", "fieldValidation", "force"];

    /// <summary>Answers if the path is OpenAPI's.</summary>
    public async Task<bool> TryHandleAsync(HttpContext http, CancellationToken cancellationToken)
    {
        var path = http.Request.Path.Value ?? "";
        if (path == "/openapi/v2" && http.Request.Headers.Accept.ToString().Contains("protobuf", StringComparison.Ordinal))
        {
            // With a dot: the @ of the name that older clients ask for is no legal media type, which Go would refuse.
            ApiResponse.Head(http, 200, "application/com.github.proto-openapi.spec.v2.v1.0+protobuf");
            var document = OpenApi2Document.Create(registry.All, Parameters);
            http.Response.ContentLength = document.Length;
            await http.Response.BodyWriter.WriteAsync(document, cancellationToken).ConfigureAwait(false);
            return true;
        }

        JsonObject? answer = path switch
        {
            "/openapi/v2" => new JsonObject { ["swagger"] = "2.0", ["info"] = Title(), ["paths"] = new JsonObject() },
            "/openapi/v3" => Index(),
            _ when path.StartsWith("/openapi/v3/", StringComparison.Ordinal) => Version3(path["/openapi/v3/".Length..]),
            _ => null,
        };
        if (answer is null)
        {
            return false;
        }

        await ApiResponse.WriteAsync(http, 200, answer, cancellationToken).ConfigureAwait(false);
        return true;
    }

    /// <summary>The path template of a kind's objects.</summary>
    public static string ObjectPath(ResourceKind kind)
    {
        var scope = kind.Namespaced ? "/namespaces/{namespace}" : "";
        return $"/{Root(kind)}{scope}/{kind.Plural}/{{name}}";
    }

    private JsonObject Index()
    {
        var paths = new JsonObject();
        foreach (var group in registry.All.GroupBy(Root))
        {
            // Clients may cache a document by its hash; the kinds are all that can change in ours.
            var kinds = string.Join(',', group.Select(kind => kind.Plural));
            var hash = Convert.ToHexString(System.Security.Cryptography.SHA256.HashData(Encoding.UTF8.GetBytes(kinds)));
            paths[group.Key] = new JsonObject { ["serverRelativeURL"] = $"/openapi/v3/{group.Key}?hash={hash}" };
        }

        return new JsonObject { ["paths"] = paths };
    }

    private JsonObject Version3(string root)
    {
        var paths = new JsonObject();
        foreach (var kind in registry.All.Where(kind => Root(kind) == root))
        {
            paths[ObjectPath(kind)] = new JsonObject { ["patch"] = Patch(kind) };
        }

        return paths.Count == 0
            ? throw ApiErrors.NoSuchPath()
            : new JsonObject { ["openapi"] = "3.0.0", ["info"] = Title(), ["paths"] = paths };
    }

    private static JsonObject Patch(ResourceKind kind) => new()
    {
        ["operationId"] = $"patch{kind.Kind}",
        ["parameters"] = new JsonArray([.. Parameters.Select(name => new JsonObject
        {
            ["name"] = name,
            ["in"] = "query",
            ["schema"] = new JsonObject { ["type"] = name == "force" ? "boolean" : "string" },
        })]),
        ["responses"] = new JsonObject { ["200"] = new JsonObject { ["description"] = "OK" } },
        ["x-kubernetes-action"] = "patch",
        ["x-kubernetes-group-version-kind"] = new JsonObject
        {
            ["group"] = kind.Group,
            ["version"] = kind.Version,
            ["kind"] = kind.Kind,
        },
    };

    private static JsonObject Title() => new() { ["title"] = "routing-lab", ["version"] = "v1" };

    private static string Root(ResourceKind kind) => kind.Group.Length == 0 ? $"api/{kind.Version}" : $"apis/{kind.Group}/{kind.Version}";
}
