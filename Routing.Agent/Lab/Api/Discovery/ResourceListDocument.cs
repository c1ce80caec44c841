using System.Text.Json.Nodes;
using Routing.Agent.Lab.Api.Kinds;

namespace Routing.Agent.Lab.Api.Discovery;

/// <summary>APIResourceList: the resources of one group and version, subresources as rows of their own.</summary>
internal static class ResourceListDocument
{
    public static JsonObject Of(string groupVersion, IEnumerable<ResourceKind> kinds) => new()
    {
        ["kind"] = "APIResourceList",
        ["apiVersion"] = "v1",
        ["groupVersion"] = groupVersion,
        ["resources"] = new JsonArray([.. kinds.OrderBy(kind => kind.Plural, StringComparer.Ordinal).SelectMany(Rows)]),
    };

    private static IEnumerable<JsonNode?> Rows(ResourceKind kind)
    {
        var row = Row(kind, kind.Plural, kind.Singular, kind.Kind, kind.Verbs);
        if (kind.ShortNames.Count > 0)
        {
            row["shortNames"] = Texts(kind.ShortNames);
        }

        if (kind.Categories.Count > 0)
        {
            row["categories"] = Texts(kind.Categories);
        }

        if (kind.StorageVersionHash is { } hash)
        {
            row["storageVersionHash"] = hash;
        }

        yield return row;
        foreach (var subresource in SubresourcesOf(kind))
        {
            yield return Row(kind, $"{kind.Plural}/{subresource.Name}", "", subresource.Kind, subresource.Verbs);
        }
    }

    /// <summary>In the order of their names, status among them.</summary>
    public static IEnumerable<Subresource> SubresourcesOf(ResourceKind kind)
    {
        var status = kind.HasStatus ? [new Subresource("status", kind.Kind, BuiltInKinds.StatusVerbs)] : Array.Empty<Subresource>();
        return kind.Subresources.Concat(status).OrderBy(subresource => subresource.Name, StringComparer.Ordinal);
    }

    public static JsonArray Texts(IEnumerable<string> texts) => new([.. texts.Select(text => (JsonNode?)text)]);

    private static JsonObject Row(
        ResourceKind kind, string name, string singular, string responseKind, IReadOnlyList<string> verbs) => new()
        {
            ["name"] = name,
            ["singularName"] = singular,
            ["namespaced"] = kind.Namespaced,
            ["kind"] = responseKind,
            ["verbs"] = Texts(verbs),
        };
}
