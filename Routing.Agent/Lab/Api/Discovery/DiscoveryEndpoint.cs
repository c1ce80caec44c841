using System.Text.Json.Nodes;
using Routing.Agent.Lab.Api.Http;
using Routing.Agent.Lab.Api.Kinds;

namespace Routing.Agent.Lab.Api.Discovery;

/// <summary>What is served: the old documents, one per level, and the aggregated one that newer clients ask for.</summary>
internal sealed class DiscoveryEndpoint(KindRegistry registry)
{
    private const string Aggregated = "application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList";

    /// <summary>Answers if the path is one of discovery's.</summary>
    public async Task<bool> TryHandleAsync(HttpContext http, CancellationToken cancellationToken)
    {
        var parts = (http.Request.Path.Value ?? "").Split('/', StringSplitOptions.RemoveEmptyEntries);
        JsonObject? answer = parts switch
        {
            ["api"] or ["apis"] when WantsAggregated(http.Request) => AggregatedDocument.Of(Kinds(core: parts[0] == "api")),
            ["api"] => Core(http.Request),
            ["apis"] => GroupList(),
            ["apis", var group] => Group(group),
            ["api", "v1"] => ResourceListDocument.Of("v1", Kinds(core: true)),
            ["apis", var group, var version] => Resources(group, version),
            ["version"] => VersionDocument.Create(),
            _ => null,
        };
        if (answer is null)
        {
            return false;
        }

        if (http.Request.Method is not ("GET" or "HEAD"))
        {
            throw ApiErrors.MethodNotAllowed();
        }

        var octets = JsonText.Compact(answer);
        if (answer.Text("kind") == "APIGroupDiscoveryList")
        {
            // Clients look at this to know which of the two they got.
            ApiResponse.Head(http, 200, Aggregated);
            http.Response.ContentLength = octets.Length;
            await http.Response.BodyWriter.WriteAsync(octets, cancellationToken).ConfigureAwait(false);
            return true;
        }

        await ApiResponse.WriteAsync(http, 200, octets, cancellationToken).ConfigureAwait(false);
        return true;
    }

    private static bool WantsAggregated(HttpRequest request) => request.Headers.Accept.ToString().Split(',').Any(range =>
    {
        var parts = range.Split(';', StringSplitOptions.TrimEntries);
        return parts.Contains("g=apidiscovery.k8s.io") && parts.Contains("v=v2") && parts.Contains("as=APIGroupDiscoveryList");
    });

    private static JsonObject Core(HttpRequest request) => new()
    {
        ["kind"] = "APIVersions",
        ["versions"] = new JsonArray("v1"),
        ["serverAddressByClientCIDRs"] = new JsonArray(new JsonObject
        {
            ["clientCIDR"] = "0.0.0.0/0",
            ["serverAddress"] = request.Host.Value,
        }),
    };

    private JsonObject GroupList() => new()
    {
        ["kind"] = "APIGroupList",
        ["apiVersion"] = "v1",
        ["groups"] = new JsonArray([.. Kinds(core: false).GroupBy(kind => kind.Group).Select(group => (JsonNode?)Describe(group))]),
    };

    private JsonObject Group(string name)
    {
        var kinds = Kinds(core: false).Where(kind => kind.Group == name).GroupBy(kind => kind.Group).FirstOrDefault()
            ?? throw ApiErrors.NoSuchPath();
        var group = Describe(kinds);
        return new JsonObject([KeyValuePair.Create("kind", (JsonNode?)"APIGroup"), KeyValuePair.Create("apiVersion", (JsonNode?)"v1"),
            .. group.Select(pair => KeyValuePair.Create(pair.Key, pair.Value?.DeepClone()))]);
    }

    private static JsonObject Describe(IGrouping<string, ResourceKind> kinds)
    {
        var versions = kinds.Select(kind => kind.Version).Distinct().Order(VersionOrder.Instance)
            .Select(version => new JsonObject { ["groupVersion"] = $"{kinds.Key}/{version}", ["version"] = version }).ToArray();
        return new JsonObject
        {
            ["name"] = kinds.Key,
            ["preferredVersion"] = versions[0].DeepClone(),
            ["versions"] = new JsonArray([.. versions]),
        };
    }

    private JsonObject Resources(string group, string version) => registry.Serves(group, version)
        ? ResourceListDocument.Of($"{group}/{version}", Kinds(core: false)
            .Where(kind => kind.Group == group && kind.Version == version))
        : throw ApiErrors.NoSuchPath();

    private IEnumerable<ResourceKind> Kinds(bool core) => registry.All.Where(kind => (kind.Group.Length == 0) == core);
}
