using System.Text.Json.Nodes;
using Routing.Agent.Lab.Api.Http;
using Routing.Agent.Lab.Api.Schema;

namespace Routing.Agent.Lab.Api.Patches;

/// <summary>Kubernetes' strategic merge (apimachinery's pkg/util/strategicpatch): a merge patch that merges the known lists by a key
/// instead of replacing them, steered by $patch, $deleteFromPrimitiveList, $retainKeys and $setElementOrder.</summary>
internal static class StrategicMergePatch
{
    private const string Directive = "$patch";
    private const string RetainKeys = "$retainKeys";
    private const string DeleteFrom = "$deleteFromPrimitiveList/";
    private const string ElementOrder = "$setElementOrder/";

    /// <exception cref="ApiException">400: a directive that makes no sense.</exception>
    public static JsonObject Apply(JsonObject target, JsonObject patch, FieldSchema schema)
    {
        switch (patch.Text(Directive))
        {
            case "replace":
                var whole = patch.Clone();
                whole.Remove(Directive);
                return whole;
            case "delete":
                return [];
            case null or "merge":
                break;
            case var other:
                throw ApiErrors.BadRequest($"Unknown patch type found: {other}");
        }

        var result = target.Clone();
        Retain(result, patch);
        foreach (var (name, value) in patch)
        {
            if (name.StartsWith(DeleteFrom, StringComparison.Ordinal))
            {
                RemoveScalars(result, name[DeleteFrom.Length..], value as JsonArray ?? []);
            }
            else if (name is not (Directive or RetainKeys) && !name.StartsWith(ElementOrder, StringComparison.Ordinal))
            {
                Merge(result, name, value, schema.Field(name) ?? FieldSchema.Anything);
            }
        }

        Reorder(result, patch, schema);
        return result;
    }

    private static void Merge(JsonObject result, string name, JsonNode? value, FieldSchema schema)
    {
        switch (value)
        {
            case null:
                result.Remove(name);
                break;
            case JsonObject changes:
                // A missing object still goes through Apply, so that nulls and directives inside the patch are not stored.
                result[name] = Apply(result[name] as JsonObject ?? [], changes, schema);
                break;
            case JsonArray changes when schema.MergeKey == "":
                result[name] = MergeScalars(result[name] as JsonArray ?? [], changes);
                break;
            case JsonArray changes when schema.MergeKey is { } key:
                result[name] = MergeElements(result[name] as JsonArray ?? [], changes, key, schema.Items ?? FieldSchema.Anything);
                break;
            default:
                result[name] = value.DeepClone();
                break;
        }
    }

    private static JsonArray MergeElements(JsonArray old, JsonArray changes, string key, FieldSchema schema)
    {
        if (changes.OfType<JsonObject>().Any(element => element.Text(Directive) == "replace" && element.Count == 1))
        {
            return [.. changes.Where(element => element.Text(Directive) != "replace").Select(element => element?.DeepClone())];
        }

        var result = old.Select(element => element?.DeepClone()).ToList();
        foreach (var change in changes.OfType<JsonObject>())
        {
            if (!change.TryGetPropertyValue(key, out var identity))
            {
                throw ApiErrors.BadRequest($"map: {change.ToJsonString()} does not contain declared merge key: {key}");
            }

            var at = result.FindIndex(element => element.At(key).Same(identity));
            if (change.Text(Directive) == "delete")
            {
                result.RemoveAll(element => element.At(key).Same(identity));
            }
            else if (at < 0)
            {
                result.Add(Apply([], change, schema));
            }
            else
            {
                result[at] = Apply(result[at] as JsonObject ?? [], change, schema);
            }
        }

        return [.. result];
    }

    private static JsonArray MergeScalars(JsonArray old, JsonArray changes)
    {
        var result = old.Clone();
        foreach (var value in changes.Where(value => !old.Any(had => had.Same(value))))
        {
            result.Add(value?.DeepClone());
        }

        return result;
    }

    private static JsonArray Clone(this JsonArray array) => (JsonArray)array.DeepClone();

    private static void RemoveScalars(JsonObject result, string name, JsonArray gone)
    {
        if (result[name] is JsonArray array)
        {
            result[name] = new JsonArray([.. array.Where(value => !gone.Any(g => g.Same(value))).Select(value => value?.DeepClone())]);
        }
    }

    /// <summary>$retainKeys: a union's other members go.</summary>
    private static void Retain(JsonObject result, JsonObject patch)
    {
        if (patch[RetainKeys] is JsonArray kept)
        {
            var names = kept.Select(name => name.Text()).ToHashSet(StringComparer.Ordinal);
            foreach (var name in result.Select(pair => pair.Key).Where(name => !names.Contains(name)).ToArray())
            {
                result.Remove(name);
            }
        }
    }

    /// <summary>$setElementOrder: elements the patch names stand in its order; others keep their place at the end.</summary>
    private static void Reorder(JsonObject result, JsonObject patch, FieldSchema schema)
    {
        foreach (var (directive, order) in patch.Where(pair => pair.Key.StartsWith(ElementOrder, StringComparison.Ordinal)))
        {
            var name = directive[ElementOrder.Length..];
            if (result[name] is not JsonArray array || order is not JsonArray wanted)
            {
                continue;
            }

            var key = schema.Field(name)?.MergeKey;
            JsonNode? Identity(JsonNode? node) => string.IsNullOrEmpty(key) ? node : node.At(key);
            int Rank(JsonNode? node)
            {
                var at = wanted.ToList().FindIndex(other => Identity(other).Same(Identity(node)));
                return at < 0 ? int.MaxValue : at;
            }

            result[name] = new JsonArray([.. array.OrderBy(Rank).Select(node => node?.DeepClone())]);
        }
    }
}
