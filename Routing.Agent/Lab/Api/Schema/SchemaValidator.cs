using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Routing.Agent.Lab.Api.Validation;

namespace Routing.Agent.Lab.Api.Schema;

/// <summary>Checks a document against a schema: the simple keywords of a structural schema. Composition (oneOf, not) and CEL rules
/// are not looked at.</summary>
internal static class SchemaValidator
{
    public static void Validate(JsonNode? node, FieldSchema schema, string path, List<FieldError> errors)
    {
        if (node is null)
        {
            if (!schema.Nullable && schema.Type != FieldType.Any)
            {
                errors.Add(FieldError.WrongType(path, node, TypeName(schema.Type)));
            }

            return;
        }

        if (!HasType(node, schema.Type))
        {
            errors.Add(FieldError.WrongType(path, node, TypeName(schema.Type)));
            return;
        }

        if (schema.Enum.Count > 0 && !schema.Enum.Any(allowed => allowed.Same(node)))
        {
            errors.Add(FieldError.NotSupported(path, node, schema.Enum.Select(value => value.Text() ?? value?.ToJsonString() ?? "null")));
        }

        switch (node)
        {
            case JsonObject map:
                ValidateObject(map, schema, path, errors);
                break;
            case JsonArray array:
                ValidateArray(array, schema, path, errors);
                break;
            case JsonValue value when value.GetValueKind() == JsonValueKind.String:
                ValidateString(value, schema, path, errors);
                break;
            case JsonValue value when value.GetValueKind() == JsonValueKind.Number:
                ValidateNumber(value, schema, path, errors);
                break;
        }
    }

    /// <summary>Whether a value has a schema's type; what Go's decoder would refuse has not.</summary>
    public static bool HasType(JsonNode node, FieldType type) => (type, node.GetValueKind()) switch
    {
        (FieldType.Any, _) => true,
        (FieldType.Object, JsonValueKind.Object) => true,
        (FieldType.Array, JsonValueKind.Array) => true,
        (FieldType.String, JsonValueKind.String) => true,
        (FieldType.Boolean, JsonValueKind.True or JsonValueKind.False) => true,
        (FieldType.Number, JsonValueKind.Number) => true,
        (FieldType.Integer, JsonValueKind.Number) => node.AsInteger() is not null,
        (FieldType.IntOrString, JsonValueKind.String or JsonValueKind.Number) => true,
        _ => false,
    };

    private static void ValidateObject(JsonObject map, FieldSchema schema, string path, List<FieldError> errors)
    {
        foreach (var name in schema.Required)
        {
            if (!map.ContainsKey(name))
            {
                errors.Add(FieldError.Required(Join(path, name)));
            }
        }

        foreach (var (name, value) in map)
        {
            if (schema.Field(name) is { } field)
            {
                Validate(value, field, Join(path, name), errors);
            }
        }
    }

    private static void ValidateArray(JsonArray array, FieldSchema schema, string path, List<FieldError> errors)
    {
        if (schema.MinItems is { } least && array.Count < least)
        {
            errors.Add(FieldError.Invalid(path, array.Count, $"{path} in body should have at least {least} items"));
        }

        if (schema.MaxItems is { } most && array.Count > most)
        {
            errors.Add(FieldError.TooMany(path, array.Count, most));
        }

        for (var i = 0; schema.Items is { } element && i < array.Count; i++)
        {
            Validate(array[i], element, $"{path}[{i}]", errors);
        }

        if (schema.ListKeys.Count > 0 || schema.IsSet)
        {
            ValidateUnique(array, schema, path, errors);
        }
    }

    private static void ValidateUnique(JsonArray array, FieldSchema schema, string path, List<FieldError> errors)
    {
        for (var i = 1; i < array.Count; i++)
        {
            if (array.Take(i).Any(earlier => ListKey.Same(earlier, array[i], schema)))
            {
                errors.Add(FieldError.Duplicate($"{path}[{i}]", ListKey.Of(array[i], schema)));
            }
        }
    }

    private static void ValidateString(JsonValue value, FieldSchema schema, string path, List<FieldError> errors)
    {
        var text = value.Text()!;
        var length = text.EnumerateRunes().Count();
        if (schema.MinLength is { } least && length < least)
        {
            errors.Add(FieldError.Invalid(path, value, $"{path} in body should be at least {least} chars long"));
        }

        if (schema.MaxLength is { } most && length > most)
        {
            errors.Add(new FieldError("FieldValueTooLong", path, $"Too long: may not be more than {most} bytes"));
        }

        // The clock limit keeps a CRD's pattern from stopping the server.
        if (schema.Pattern is { } pattern && !Regex.IsMatch(text, pattern, RegexOptions.None, TimeSpan.FromSeconds(1)))
        {
            errors.Add(FieldError.Invalid(path, value, $"{path} in body should match '{pattern}'"));
        }
    }

    private static void ValidateNumber(JsonValue value, FieldSchema schema, string path, List<FieldError> errors)
    {
        var number = double.Parse(value.ToJsonString(), CultureInfo.InvariantCulture);
        if (schema.Minimum is { } least && (schema.ExclusiveMinimum ? number <= least : number < least))
        {
            var relation = schema.ExclusiveMinimum ? "greater than" : "greater than or equal to";
            errors.Add(FieldError.Invalid(path, value, $"{path} in body should be {relation} {Plain(least)}"));
        }

        if (schema.Maximum is { } most && (schema.ExclusiveMaximum ? number >= most : number > most))
        {
            var relation = schema.ExclusiveMaximum ? "less than" : "less than or equal to";
            errors.Add(FieldError.Invalid(path, value, $"{path} in body should be {relation} {Plain(most)}"));
        }

        if (schema.Format == "int32" && (number < int.MinValue || number > int.MaxValue))
        {
            errors.Add(FieldError.Invalid(path, value, $"{path} in body must be of type int32: {value.ToJsonString()}"));
        }
    }

    private static string Plain(double value) => value.ToString("R", CultureInfo.InvariantCulture);

    private static string Join(string path, string name) => path.Length == 0 ? name : $"{path}.{name}";

    private static string TypeName(FieldType type) => type switch
    {
        FieldType.IntOrString => "integer or string",
        _ => type.ToString().ToLowerInvariant(),
    };
}
