using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;

namespace Routing.Tests.Lab.Api;

/// <summary>Takes out of an answer what differs from run to run: identities, versions, times, ages.</summary>
internal static partial class Normal
{
    private static readonly string[] Varying = ["uid", "resourceVersion", "continue", "creationTimestamp", "time"];

    public static JsonNode? Of(JsonNode? node)
    {
        switch (node)
        {
            case JsonObject map:
                return new JsonObject(map.Select(pair => KeyValuePair.Create(
                    pair.Key,
                    Varying.Contains(pair.Key) && pair.Value?.GetValueKind() == JsonValueKind.String ? "<varies>" : Of(pair.Value))));
            case JsonArray array:
                return new JsonArray([.. array.Select(Of)]);
            case JsonValue value when value.GetValueKind() == JsonValueKind.String && Age().IsMatch(value.GetValue<string>()):
                return "<age>";
            default:
                return node?.DeepClone();
        }
    }

    /// <summary>A watch stream, a normalised event per line; equal bookmarks in a row are one.</summary>
    public static List<string> Lines(string stream)
    {
        var lines = new List<string>();
        foreach (var line in stream.Split('\n', StringSplitOptions.RemoveEmptyEntries))
        {
            var text = Text(JsonNode.Parse(line));
            if (lines.Count == 0 || lines[^1] != text || !text.Contains("BOOKMARK", StringComparison.Ordinal))
            {
                lines.Add(text);
            }
        }

        return lines;
    }

    /// <summary>Indented, with sorted keys, so that a difference shows as a line.</summary>
    public static string Text(JsonNode? node) => Sorted(Of(node))?.ToJsonString(new() { WriteIndented = true }) ?? "null";

    private static JsonNode? Sorted(JsonNode? node) => node switch
    {
        JsonObject map => new JsonObject(map.OrderBy(pair => pair.Key, StringComparer.Ordinal)
            .Select(pair => KeyValuePair.Create(pair.Key, Sorted(pair.Value)))),
        JsonArray array => new JsonArray([.. array.Select(Sorted)]),
        _ => node?.DeepClone(),
    };

    [GeneratedRegex(@"\A\d+[smhd]\z")]
    private static partial Regex Age();
}
