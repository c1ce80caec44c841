using System.Globalization;
using System.Text.Json.Nodes;
using Routing.Agent.Lab.Api.Http;

namespace Routing.Agent.Lab.Api.Patches;

/// <summary>RFC 6902: add, remove, replace, move, copy, test. All or nothing, since it works on a clone.</summary>
internal static class JsonPatch
{
    /// <exception cref="ApiException">400 for what is not a patch, 422 for one that does not fit the document.</exception>
    public static JsonNode? Apply(JsonNode? target, JsonNode? patch)
    {
        if (patch is not JsonArray operations)
        {
            throw ApiErrors.BadRequest("error decoding patch: json: cannot unmarshal object into Go value of type jsonpatch.Patch");
        }

        var root = target?.DeepClone();
        foreach (var operation in operations)
        {
            root = Step(root, operation as JsonObject ?? []);
        }

        return root;
    }

    private static JsonNode? Step(JsonNode? root, JsonObject operation)
    {
        var path = Pointer(operation, "path");
        switch (operation.Text("op"))
        {
            case "add":
                return Add(root, path, Value(operation));
            case "remove":
                Take(root, path);
                return root;
            case "replace":
                Get(root, path);
                return path.Length == 0 ? Value(operation) : Replace(root, path, Value(operation));
            case "move":
                var from = Pointer(operation, "from");
                var moved = Take(root, from);
                return Add(root, path, moved);
            case "copy":
                return Add(root, path, Get(root, Pointer(operation, "from"))?.DeepClone());
            case "test":
                return Get(root, path).Same(operation["value"]) ? root : throw Misfit("test", path, "value differs");
            case var other:
                throw ApiErrors.BadRequest($"Unexpected kind: {other}");
        }
    }

    private static JsonNode? Add(JsonNode? root, string[] path, JsonNode? value)
    {
        if (path.Length == 0)
        {
            return value;
        }

        switch (Get(root, path[..^1]))
        {
            case JsonObject map:
                map[path[^1]] = value;
                break;
            case JsonArray array:
                var at = path[^1] == "-" ? array.Count : Index(path[^1]);
                if (at < 0 || at > array.Count)
                {
                    throw Misfit("add", path, "index out of range");
                }

                array.Insert(at, value);
                break;
            default:
                throw Misfit("add", path, "doc is missing path");
        }

        return root;
    }

    private static JsonNode? Replace(JsonNode? root, string[] path, JsonNode? value)
    {
        switch (Get(root, path[..^1]))
        {
            case JsonArray array:
                array[Index(path[^1])] = value;
                break;
            case JsonObject map:
                map[path[^1]] = value;
                break;
        }

        return root;
    }

    /// <summary>Removes a value and returns it, free to be put elsewhere.</summary>
    private static JsonNode? Take(JsonNode? root, string[] path)
    {
        var value = Get(root, path);
        switch (path.Length == 0 ? null : Get(root, path[..^1]))
        {
            case JsonObject map:
                map.Remove(path[^1]);
                return value;
            case JsonArray array:
                array.RemoveAt(Index(path[^1]));
                return value;
            default:
                throw Misfit("remove", path, "the whole document cannot be removed");
        }
    }

    private static JsonNode? Get(JsonNode? node, string[] path)
    {
        foreach (var (depth, step) in path.Index())
        {
            node = node switch
            {
                JsonObject map when map.TryGetPropertyValue(step, out var value) => value,
                JsonArray array when Index(step) is var at && at >= 0 && at < array.Count => array[at],
                _ => throw Misfit("access", path[..(depth + 1)], "doc is missing path"),
            };
        }

        return node;
    }

    private static int Index(string step) =>
        int.TryParse(step, NumberStyles.None, CultureInfo.InvariantCulture, out var index) ? index : -1;

    private static JsonNode? Value(JsonObject operation) =>
        operation.TryGetPropertyValue("value", out var value)
            ? value?.DeepClone()
            : throw ApiErrors.BadRequest($"operation {operation.Text("op")} needs a value");

    private static string[] Pointer(JsonObject operation, string name)
    {
        var text = operation.Text(name) ?? throw ApiErrors.BadRequest($"operation {operation.Text("op")} needs \"{name}\"");
        if (text.Length == 0)
        {
            return [];
        }

        return text[0] == '/'
            ? [.. text[1..].Split('/').Select(step => step.Replace("~1", "/", StringComparison.Ordinal)
                .Replace("~0", "~", StringComparison.Ordinal))]
            : throw ApiErrors.BadRequest($"\"{text}\" is no JSON pointer");
    }

    private static ApiException Misfit(string operation, string[] path, string why) => new(
        422, "Invalid", $"the server rejected our request due to an error in our request: {operation} /{string.Join('/', path)}: {why}");
}
