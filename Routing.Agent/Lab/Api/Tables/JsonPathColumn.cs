using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Routing.Agent.Lab.Api.Tables;

/// <summary>Printer columns of custom resources: the plain part of kubectl's JSONPath, .a.b[0], .a['b.c'], .a[*].b and
/// [?(@.type=="Ready")].</summary>
internal static class JsonPathColumn
{
    public static TableColumn From(JsonObject column)
    {
        var type = column.Text("type") ?? "string";
        var path = column.Text("jsonPath") ?? "";
        return new TableColumn(
            column.Text("name") ?? "",
            type,
            (document, now) => Cell(Evaluate(document, path), type, now),
            (int)(column.Integer("priority") ?? 0),
            column.Text("format") ?? "",
            column.Text("description") ?? "");
    }

    /// <summary>All values a path leads to.</summary>
    public static List<JsonNode> Evaluate(JsonNode root, string path)
    {
        List<JsonNode> found = [root];
        var at = 0;
        while (at < path.Length && found.Count > 0)
        {
            if (path[at] == '.')
            {
                var end = path.IndexOfAny(['.', '['], at + 1);
                end = end < 0 ? path.Length : end;
                var name = path[(at + 1)..end];
                found = name.Length == 0 ? found : [.. found.Select(node => node.At(name)).OfType<JsonNode>()];
                at = end;
            }
            else if (path[at] == '[' && path.IndexOf(']', at) is var close and > 0)
            {
                var inside = path[(at + 1)..close];
                found = [.. found.SelectMany(node => Step(node, inside))];
                at = close + 1;
            }
            else
            {
                return []; // not a path we read
            }
        }

        return found;
    }

    private static IEnumerable<JsonNode> Step(JsonNode node, string inside)
    {
        if (inside.StartsWith('\'') && inside.EndsWith('\''))
        {
            return node.At(inside.Trim('\'')) is { } value ? [value] : [];
        }

        if (node is not JsonArray array)
        {
            return [];
        }

        if (inside == "*")
        {
            return array.OfType<JsonNode>();
        }

        if (inside.StartsWith("?(@.", StringComparison.Ordinal) && inside.Split("==") is [var left, var right])
        {
            var wanted = right.TrimEnd(')').Trim().Trim('"', '\'');
            return array.OfType<JsonNode>().Where(element => element.Text(left[4..].Trim()) == wanted);
        }

        return int.TryParse(inside, NumberStyles.None, CultureInfo.InvariantCulture, out var index) && index < array.Count
            && array[index] is { } item
            ? [item]
            : [];
    }

    private static JsonNode? Cell(List<JsonNode> values, string type, DateTimeOffset now)
    {
        if (values.Count == 0)
        {
            return null;
        }

        if (type == "date")
        {
            return HumanDuration.Since(values[0], now);
        }

        if (values.Count == 1 && type is "integer" or "number" or "boolean" && values[0] is JsonValue)
        {
            return values[0].DeepClone();
        }

        return string.Join(',', values.Select(value =>
            value.GetValueKind() == JsonValueKind.String ? value.Text() : value.ToJsonString()));
    }
}
