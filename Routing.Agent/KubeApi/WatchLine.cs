using System.Text.Json;

namespace Routing.Agent.KubeApi;

/// <summary>One line of a watch stream: {"type":"ADDED|MODIFIED|DELETED|BOOKMARK|ERROR","object":{...}}. Owns the parsed document.
/// </summary>
internal sealed class WatchLine : IDisposable
{
    private readonly JsonDocument _document;

    private WatchLine(JsonDocument document, string type, JsonElement item) =>
        (_document, Type, Object) = (document, type, item);

    public string Type { get; }

    public JsonElement Object { get; }

    /// <summary>metadata.resourceVersion, or null where it is missing.</summary>
    public string? ResourceVersion => Meta("resourceVersion");

    /// <summary>metadata.name, for logs.</summary>
    public string? Name => Meta("name");

    /// <exception cref="JsonException">Not JSON, as when the connection broke inside the line, or not a watch event.</exception>
    public static WatchLine Parse(string line)
    {
        var document = JsonDocument.Parse(line);
        if (document.RootElement.ValueKind == JsonValueKind.Object
            && document.RootElement.TryGetProperty("type", out var type) && type.ValueKind == JsonValueKind.String
            && document.RootElement.TryGetProperty("object", out var item) && item.ValueKind == JsonValueKind.Object)
        {
            return new WatchLine(document, type.GetString()!, item);
        }

        document.Dispose();
        throw new JsonException("a watch line without type or object");
    }

    public void Dispose() => _document.Dispose();

    private string? Meta(string name) =>
        Object.TryGetProperty("metadata", out var meta) && meta.ValueKind == JsonValueKind.Object
        && meta.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String
            ? value.GetString()
            : null;
}
