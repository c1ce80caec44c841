using System.Collections;
using System.Collections.Concurrent;
using System.Collections.Frozen;
using System.Reflection;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization;
using k8s.Models;
using Routing.Policy.Model;
using Routing.Policy.Translate.Calico;
using Routing.Policy.Translate.ClusterPolicies;

namespace Routing.Agent.Manifests;

/// <summary>Compares an object with the client's class of its kind and lists every field that does not exist there or
/// holds another type, which a deserializer does not: it passes over the one and stops at the first of the other. A
/// policy whose author wrote "ingres" is no policy without ingress.</summary>
internal static class FieldCheck
{
    private const string Status = "status"; // servers write one, of versions that the client's class may not know

    private static readonly ConcurrentDictionary<Type, FrozenDictionary<string, Type>> Fields = new(); // as many as there are classes

    /// <summary>Lists what is wrong.</summary>
    /// <param name="json">The object.</param>
    /// <param name="type">Its class.</param>
    /// <param name="unknownFields">False to pass over fields that the class does not have.</param>
    public static IEnumerable<Problem> Check(JsonObject json, Type type, bool unknownFields) =>
        Object(json, type, "", unknownFields);

    private static FrozenDictionary<string, Type> FieldsOf(Type type) => type.GetProperties()
        .Select(property => (property, name: property.GetCustomAttribute<JsonPropertyNameAttribute>()?.Name))
        .Where(one => one.name is not null)
        .ToFrozenDictionary(one => one.name!, one => one.property.PropertyType);

    private static IEnumerable<Problem> Object(JsonObject json, Type type, string path, bool unknownFields)
    {
        var properties = Fields.GetOrAdd(type, FieldsOf);
        foreach (var (name, value) in json)
        {
            var field = path.Length == 0 ? name : $"{path}.{name}";
            if (properties.TryGetValue(name, out var property))
            {
                foreach (var problem in Value(value, property, field, unknownFields))
                {
                    yield return problem;
                }
            }
            else if (unknownFields && field != Status)
            {
                yield return new Problem(
                    field, name, $"fields here are {string.Join(", ", properties.Keys.Order(StringComparer.Ordinal))}");
            }
        }
    }

    private static IEnumerable<Problem> Value(JsonNode? value, Type declared, string field, bool unknownFields)
    {
        var type = Nullable.GetUnderlyingType(declared) ?? declared;
        if (value is null)
        {
            return []; // the API reads null as missing
        }

        if (type == typeof(string))
        {
            return Kind(value) == JsonValueKind.String ? [] : [Wrong(value, field, "a string; put it in quotes")];
        }

        if (type == typeof(bool))
        {
            return Kind(value) is JsonValueKind.True or JsonValueKind.False
                ? []
                : [Wrong(value, field, "true or false")];
        }

        if (type == typeof(int) || type == typeof(long))
        {
            return IsWhole(value, type == typeof(int) ? int.MaxValue : long.MaxValue)
                ? []
                : [Wrong(value, field, "a whole number")];
        }

        if (type == typeof(NumberOrText))
        {
            return Kind(value) == JsonValueKind.String || IsWhole(value, int.MaxValue)
                ? []
                : [Wrong(value, field, "a whole number or a text")];
        }

        if (type == typeof(double))
        {
            return Kind(value) == JsonValueKind.Number ? [] : [Wrong(value, field, "a number")];
        }

        if (type == typeof(IntOrString))
        {
            var isName = Kind(value) == JsonValueKind.String && !long.TryParse(value.ToString(), out _);
            return isName || IsWhole(value, int.MaxValue)
                ? []
                : [Wrong(value, field, "a whole number without quotes, or a name")];
        }

        if (type.IsGenericType && typeof(IEnumerable).IsAssignableFrom(type))
        {
            var arguments = type.GetGenericArguments();
            return arguments.Length == 1
                ? List(value, arguments[0], field, unknownFields)
                : Map(value, arguments[1], field, unknownFields);
        }

        if (!IsModel(type) || type == typeof(ResourceQuantity))
        {
            return []; // times, quantities, octets: nothing that policy reads
        }

        return value is JsonObject json
            ? Object(json, type, field, unknownFields)
            : [Wrong(value, field, "an object with fields")];
    }

    private static bool IsModel(Type type) =>
        type.Namespace == typeof(V1Pod).Namespace || type.Namespace == typeof(ClusterPolicySpec).Namespace
        || type.Namespace == typeof(CalicoPolicySpec).Namespace;

    private static IEnumerable<Problem> List(JsonNode value, Type item, string field, bool unknownFields) =>
        value is JsonArray list
            ? list.Index().SelectMany(one => Value(one.Item, item, $"{field}[{one.Index}]", unknownFields))
            : [Wrong(value, field, "a list")];

    private static IEnumerable<Problem> Map(JsonNode value, Type item, string field, bool unknownFields) =>
        value is JsonObject map
            ? map.SelectMany(one => Value(one.Value, item, $"{field}.{one.Key}", unknownFields))
            : [Wrong(value, field, "keys with values")];

    private static JsonValueKind Kind(JsonNode value) => value.GetValueKind();

    private static bool IsWhole(JsonNode value, long max) =>
        value is JsonValue scalar && scalar.TryGetValue(out long number) && number <= max && number >= -max;

    private static Problem Wrong(JsonNode value, string field, string allowed)
    {
        var text = Kind(value) == JsonValueKind.String ? value.ToString() : value.ToJsonString();
        return new Problem(field, text.Length > 40 ? $"{text[..40]}..." : text, allowed);
    }
}
