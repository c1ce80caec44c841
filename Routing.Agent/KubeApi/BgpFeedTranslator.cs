using System.Collections.Immutable;
using System.Text.Json.Nodes;
using Routing.Agent.Cluster;
using Routing.Policy.Model;

namespace Routing.Agent.KubeApi;

/// <summary>Custom resources to <see cref="BgpObject{T}"/>.</summary>
internal static class BgpFeedTranslator
{
    /// <summary>Reads one kind.</summary>
    public delegate T? Reader<T>(JsonObject source, out ImmutableArray<Problem> problems)
        where T : class;

    /// <param name="resource">The object.</param>
    /// <param name="read">How its kind is read.</param>
    /// <param name="before">What was known of it: what it last said properly stays in force while it is wrong.</param>
    public static BgpObject<T> Translate<T>(CustomResource resource, Reader<T> read, BgpObject<T>? before)
        where T : class
    {
        var document = ToDocument(resource);
        var value = read(document.Json, out var problems);
        return new BgpObject<T>(document.Name, value ?? before?.Value, problems, document.Location);
    }

    /// <summary>The object as it was written.</summary>
    public static BgpDocument ToDocument(CustomResource resource)
    {
        var name = resource.Metadata.Name;
        var source = new JsonObject
        {
            ["metadata"] = new JsonObject { ["name"] = name },
            ["spec"] = resource.Spec?.DeepClone(),
        };
        var annotations = resource.Metadata.Annotations;
        return new BgpDocument(
            name, source, annotations?.TryGetValue(NodeAnnotations.Location, out var location) is true ? location : "");
    }
}
