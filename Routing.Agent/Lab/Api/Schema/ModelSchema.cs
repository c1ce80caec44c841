using System.Collections;
using System.Reflection;
using System.Text.Json;
using System.Text.Json.Serialization;
using k8s.Models;

namespace Routing.Agent.Lab.Api.Schema;

/// <summary>Reads schemas off KubernetesClient's models, which are generated from the real server's OpenAPI document: the fields
/// and their types come from there, what the models leave out (merge keys) from <see cref="MergeKeys"/>.</summary>
internal static class ModelSchema
{
    private static readonly Dictionary<Type, FieldSchema> Known = [];
    private static readonly Lock Gate = new();

    public static FieldSchema Of(Type model)
    {
        lock (Gate)
        {
            return Read(model);
        }
    }

    private static FieldSchema Read(Type type)
    {
        type = Nullable.GetUnderlyingType(type) ?? type;
        if (Scalar(type) is { } scalar)
        {
            return new FieldSchema { Type = scalar };
        }

        if (type.IsGenericType && typeof(IEnumerable).IsAssignableFrom(type))
        {
            var arguments = type.GetGenericArguments();
            return arguments.Length == 2
                ? new FieldSchema { Type = FieldType.Object, Values = Read(arguments[1]) }
                : new FieldSchema { Type = FieldType.Array, Items = Read(arguments[0]), Atomic = true };
        }

        if (Known.TryGetValue(type, out var known))
        {
            return known;
        }

        var schema = Known[type] = new FieldSchema { Type = FieldType.Object };
        foreach (var property in type.GetProperties(BindingFlags.Public | BindingFlags.Instance))
        {
            if (property.GetCustomAttribute<JsonPropertyNameAttribute>()?.Name is { } name)
            {
                // A list's schema is not shared, so what MergeKeys says of one field stays with that field.
                schema.Properties[name] = MergeKeys.Annotate(type, name, Read(property.PropertyType));
            }
        }

        schema.Atomic = MergeKeys.IsAtomic(type);
        return schema;
    }

    private static FieldType? Scalar(Type type)
    {
        if (type == typeof(string) || type == typeof(DateTime) || type == typeof(DateTimeOffset) || type == typeof(byte[]))
        {
            return FieldType.String;
        }

        if (type == typeof(int) || type == typeof(long))
        {
            return FieldType.Integer;
        }

        if (type == typeof(double) || type == typeof(float))
        {
            return FieldType.Number;
        }

        if (type == typeof(bool))
        {
            return FieldType.Boolean;
        }

        if (type == typeof(IntOrString) || type == typeof(ResourceQuantity))
        {
            return FieldType.IntOrString;
        }

        // A JSON Schema holds corners its model does not know: x-kubernetes-* keywords, defaults of any shape.
        return type == typeof(object) || type == typeof(JsonElement) || type == typeof(V1JSONSchemaProps) ? FieldType.Any : null;
    }
}
