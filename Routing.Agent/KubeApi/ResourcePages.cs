using System.Runtime.CompilerServices;
using System.Text.Json;

namespace Routing.Agent.KubeApi;

/// <summary>A list, page by page, as API servers give it.</summary>
internal static class ResourcePages
{
    /// <summary>Reads them all.</summary>
    /// <param name="client">Where.</param>
    /// <param name="path">Of the page after the one with this token; null for the first.</param>
    /// <param name="cancellationToken">Ends the reading.</param>
    /// <returns>The objects of a page, borrowed until the next is asked for, and the list's resourceVersion.</returns>
    /// <exception cref="ApiStatusException">The API server refuses; also 410 for a token that expired between two pages.</exception>
    /// <exception cref="JsonException">The answer is no list.</exception>
    public static async IAsyncEnumerable<(IEnumerable<JsonElement> Items, string Version)> ReadAsync(
        ResourceClient client, Func<string?, string> path, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        string? next = null;
        do
        {
            using var page = await client.GetAsync(path(next), cancellationToken).ConfigureAwait(false);
            var (items, meta) = (Part(page.RootElement, "items"), Part(page.RootElement, "metadata"));
            next = meta.TryGetProperty("continue", out var token) ? token.ToString() : null;
            yield return (items.ValueKind == JsonValueKind.Array ? items.EnumerateArray() : [], Part(meta, "resourceVersion").ToString());
        }
        while (!string.IsNullOrEmpty(next));
    }

    /// <summary>Some proxy's page must not be taken for an empty list: that would be the end of all policies of the kind.</summary>
    public static JsonElement Part(JsonElement whole, string name) =>
        whole.ValueKind == JsonValueKind.Object && whole.TryGetProperty(name, out var part)
            ? part
            : throw new JsonException($"the answer is no list: it has no {name}");
}
