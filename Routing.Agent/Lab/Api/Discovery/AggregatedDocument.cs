using System.Text.Json.Nodes;
using Routing.Agent.Lab.Api.Kinds;

namespace Routing.Agent.Lab.Api.Discovery;

/// <summary>apidiscovery.k8s.io/v2: all groups, versions and resources in one document.</summary>
internal static class AggregatedDocument
{
    public static JsonObject Of(IEnumerable<ResourceKind> kinds) => new()
    {
        ["kind"] = "APIGroupDiscoveryList",
        ["apiVersion"] = "apidiscovery.k8s.io/v2",
        ["metadata"] = new JsonObject(),
        ["items"] = new JsonArray([.. kinds.GroupBy(kind => kind.Group).Select(Group)]),
    };

    private static JsonNode Group(IGrouping<string, ResourceKind> kinds)
    {
        var metadata = new JsonObject { ["creationTimestamp"] = null };
        if (kinds.Key.Length > 0)
        {
            metadata["name"] = kinds.Key;
        }

        var versions = kinds.GroupBy(kind => kind.Version).OrderBy(version => version.Key, VersionOrder.Instance);
        return new JsonObject { ["metadata"] = metadata, ["versions"] = new JsonArray([.. versions.Select(Version)]) };
    }

    private static JsonNode Version(IGrouping<string, ResourceKind> kinds) => new JsonObject
    {
        ["version"] = kinds.Key,
        ["resources"] = new JsonArray([.. kinds.OrderBy(kind => kind.Plural, StringComparer.Ordinal).Select(Resource)]),
        ["freshness"] = "Current",
    };

    private static JsonNode Resource(ResourceKind kind)
    {
        var resource = new JsonObject
        {
            ["resource"] = kind.Plural,
            ["responseKind"] = ResponseKind(kind, kind.Kind),
            ["scope"] = kind.Namespaced ? "Namespaced" : "Cluster",
            ["singularResource"] = kind.Singular,
            ["verbs"] = ResourceListDocument.Texts(kind.Verbs),
        };
        if (kind.ShortNames.Count > 0)
        {
            resource["shortNames"] = ResourceListDocument.Texts(kind.ShortNames);
        }

        if (kind.Categories.Count > 0)
        {
            resource["categories"] = ResourceListDocument.Texts(kind.Categories);
        }

        var subresources = ResourceListDocument.SubresourcesOf(kind).Select(subresource => (JsonNode?)new JsonObject
        {
            ["subresource"] = subresource.Name,
            ["responseKind"] = ResponseKind(kind, subresource.Kind),
            ["verbs"] = ResourceListDocument.Texts(subresource.Verbs),
        }).ToArray();
        if (subresources.Length > 0)
        {
            resource["subresources"] = new JsonArray(subresources);
        }

        return resource;
    }

    /// <summary>Empty group and version mean those of the document; custom resources always spell them out.</summary>
    private static JsonObject ResponseKind(ResourceKind kind, string name) => new()
    {
        ["group"] = kind.IsCustom ? kind.Group : "",
        ["version"] = kind.IsCustom ? kind.Version : "",
        ["kind"] = name,
    };
}
