using System.Collections.Immutable;
using System.Diagnostics.CodeAnalysis;
using System.Text.Json;
using System.Text.Json.Nodes;
using k8s;
using k8s.Models;

namespace Routing.Agent.KubeApi;

/// <summary>An API server's objects as their classes. Of one that does not fit its class, a newer version of the kind perhaps, field by
/// field what does: nobody may take it for an object that is not there.</summary>
internal static class ObjectReader<T>
    where T : IKubernetesObject<V1ObjectMeta>
{
    private const int LongestText = 80;

    /// <summary>Reads all of it.</summary>
    /// <param name="json">The object.</param>
    /// <param name="item">It.</param>
    /// <param name="reason">Else why not.</param>
    public static bool TryRead(JsonElement json, [NotNullWhen(true)] out T? item, [NotNullWhen(false)] out string? reason)
    {
        (item, reason) = (default, "it is no object");
        try
        {
            item = KubernetesJson.Deserialize<T>(json);
            return item is { Metadata.Name: not null };
        }
        catch (Exception e) when (e is JsonException or FormatException or NotSupportedException or OverflowException)
        {
            reason = e.Message;
            return false;
        }
    }

    /// <summary>Reads what can be read of it; null when that is not even its name.</summary>
    public static UnreadableObject<T>? ReadRest(JsonElement json)
    {
        var (rest, lost) = (new JsonObject(), ImmutableArray.CreateBuilder<LostField>());
        foreach (var field in json.ValueKind == JsonValueKind.Object ? json.EnumerateObject() : default)
        {
            var value = Node(field.Value);
            if (Fits(value, field.Name))
            {
                rest[field.Name] = value;
            }
            else if (value is JsonObject inner && Fits(new JsonObject(), field.Name))
            {
                rest[field.Name] = RestOf(field.Name, inner, lost);
            }
            else
            {
                lost.Add(new LostField(field.Name, Begin(value)));
            }
        }

        var item = TryRead(JsonSerializer.SerializeToElement(rest), out var read, out _) ? read : default;
        return item is null ? null : new UnreadableObject<T>(item, lost.ToImmutable());
    }

    private static JsonObject RestOf(string name, JsonObject whole, ImmutableArray<LostField>.Builder lost)
    {
        var rest = new JsonObject();
        foreach (var (field, value) in whole)
        {
            if (Fits(value, name, field))
            {
                rest[field] = value?.DeepClone();
            }
            else if (value is JsonArray list && Fits(new JsonArray(), name, field))
            {
                rest[field] = RestOf(name, field, list, lost);
            }
            else
            {
                lost.Add(new LostField($"{name}.{field}", Begin(value)));
            }
        }

        return rest;
    }

    private static JsonArray RestOf(string name, string field, JsonArray whole, ImmutableArray<LostField>.Builder lost)
    {
        var rest = new JsonArray();
        foreach (var (i, value) in whole.Index())
        {
            if (Fits(new JsonArray(value?.DeepClone()), name, field))
            {
                rest.Add(value?.DeepClone());
            }
            else
            {
                lost.Add(new LostField($"{name}.{field}[{i}]", Begin(value)));
            }
        }

        return rest;
    }

    /// <summary>True when an object that has nothing else than this can be read.</summary>
    private static bool Fits(JsonNode? value, params ReadOnlySpan<string> path)
    {
        var whole = value?.DeepClone();
        for (var i = path.Length - 1; i >= 0; i--)
        {
            whole = new JsonObject { [path[i]] = whole };
        }

        try
        {
            return KubernetesJson.Deserialize<T>(JsonSerializer.SerializeToElement(whole)) is not null;
        }
        catch (Exception e) when (e is JsonException or FormatException or NotSupportedException or OverflowException)
        {
            return false;
        }
    }

    private static JsonNode? Node(JsonElement value) => JsonNode.Parse(value.GetRawText());

    private static string Begin(JsonNode? value) =>
        (value?.ToJsonString() ?? "null") is var text && text.Length > LongestText ? $"{text[..LongestText]}..." : text;
}
