using System.Text.Json.Nodes;
using Routing.Agent.Lab.Api.Schema;

namespace Routing.Agent.Lab.Api.Apply;

/// <summary>Follows the steps of a <see cref="FieldSet"/> through a document.</summary>
internal static class FieldPath
{
    /// <summary>The value at a path and the schema it has there; null where a step is missing.</summary>
    public static (JsonNode? Node, FieldSchema Schema) Find(JsonNode? node, IEnumerable<string> path, FieldSchema schema)
    {
        foreach (var step in path)
        {
            (node, schema) = Step(node, step, schema);
        }

        return (node, schema);
    }

    /// <summary>Takes a field or an element out, if it is there; what it leaves empty stays, as an empty map of labels does.</summary>
    public static void Remove(JsonNode root, IReadOnlyList<string> path, FieldSchema schema)
    {
        var (parent, above) = Find(root, path.SkipLast(1), schema);
        var last = path[^1];
        switch (parent)
        {
            case JsonObject map:
                map.Remove(last[2..]);
                break;
            case JsonArray array:
                if (Step(array, last, above).Node is { } element)
                {
                    array.Remove(element);
                }

                break;
        }
    }

    /// <summary>A set of this one path.</summary>
    public static FieldSet ToSet(IReadOnlyList<string> path) =>
        path.Reverse().Aggregate(FieldSet.Leaf, (below, step) => FieldSet.Node(false, [KeyValuePair.Create(step, below)]));

    /// <summary>As messages write it: .spec.containers[name="web"].image.</summary>
    public static string Text(IEnumerable<string> path) => string.Concat(path.Select(step => step[0] switch
    {
        'f' => "." + step[2..],
        'k' => $"[{string.Join(',', JsonNode.Parse(step[2..])!.AsObject().Select(key => $"{key.Key}={key.Value?.ToJsonString()}"))}]",
        _ => $"[={step[2..]}]",
    }));

    private static (JsonNode? Node, FieldSchema Schema) Step(JsonNode? node, string step, FieldSchema schema) => node switch
    {
        JsonObject map when step[0] == 'f' => (map[step[2..]], FieldSetBuilder.Below(schema, step[2..])),
        JsonArray list when step[0] == 'k' => (
            list.FirstOrDefault(element => FieldSetBuilder.KeyStep(element, schema) == step),
            schema.Items ?? FieldSchema.Anything),
        JsonArray list when step[0] == 'v' => (
            list.FirstOrDefault(element => FieldSetBuilder.ValueStep(element) == step),
            FieldSchema.Anything),
        _ => (null, FieldSchema.Anything),
    };
}
