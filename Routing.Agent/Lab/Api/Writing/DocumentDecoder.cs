using System.Text.Json.Nodes;
using Routing.Agent.Lab.Api.Http;
using Routing.Agent.Lab.Api.Kinds;
using Routing.Agent.Lab.Api.Schema;

namespace Routing.Agent.Lab.Api.Writing;

/// <summary>Turns what a client sent into a document of a kind, as decoding into the Go type does: kind and version must fit,
/// unknown fields are refused or dropped, nulls mean absent, types must be right.</summary>
internal static class DocumentDecoder
{
    /// <exception cref="ApiException">400.</exception>
    public static JsonObject Decode(ResourceKind kind, JsonNode? body, WriteOptions options)
    {
        if (body is not JsonObject sent)
        {
            throw ApiErrors.UnableToDecode(kind, "json: the document is not an object");
        }

        var document = sent.Clone();
        CheckKind(kind, document);
        DropNulls(document, kind.Schema);
        var unknown = UnknownFields.Prune(document, kind.Schema);
        Report(kind, unknown.ConvertAll(path => $"unknown field \"{path}\""), options);
        if (FirstMistyped(document, kind, "") is { } mistyped)
        {
            throw ApiErrors.UnableToDecode(kind, mistyped);
        }

        DropEmptyMaps(document.Object("metadata"));
        return document;
    }

    private static void CheckKind(ResourceKind kind, JsonObject document)
    {
        var (sentVersion, sentKind) = (document.Text("apiVersion"), document.Text("kind"));
        if ((sentVersion is { Length: > 0 } && sentVersion != kind.ApiVersion)
            || (sentKind is { Length: > 0 } && sentKind != kind.Kind))
        {
            throw ApiErrors.BadRequest(
                $"{sentKind ?? ""} in version \"{sentVersion ?? ""}\" cannot be handled as a {kind.Kind}: "
                + $"the API version and kind in the data do not match the expected {kind.ApiVersion}, {kind.Kind}");
        }

        document["apiVersion"] = kind.ApiVersion;
        document["kind"] = kind.Kind;
    }

    private static void Report(ResourceKind kind, List<string> problems, WriteOptions options)
    {
        if (problems.Count > 0 && options.FieldValidation == "Strict")
        {
            throw ApiErrors.UnableToDecode(kind, $"strict decoding error: {string.Join(", ", problems)}");
        }

        if (options.FieldValidation == "Warn")
        {
            options.Warnings.AddRange(problems);
        }
    }

    private static void DropNulls(JsonNode? node, FieldSchema? schema)
    {
        if (node is JsonArray array)
        {
            foreach (var element in array)
            {
                DropNulls(element, schema?.Items);
            }
        }
        else if (node is JsonObject map && schema?.Type != FieldType.Any)
        {
            foreach (var (name, value) in map.ToArray())
            {
                var field = schema?.Field(name);
                if (value is null && field?.Nullable != true)
                {
                    map.Remove(name);
                }
                else
                {
                    DropNulls(value, field);
                }
            }
        }
    }

    /// <summary>Labels and annotations are omitted when they are empty.</summary>
    private static void DropEmptyMaps(JsonObject metadata)
    {
        foreach (var name in (ReadOnlySpan<string>)["labels", "annotations"])
        {
            if (metadata[name] is JsonObject { Count: 0 })
            {
                metadata.Remove(name);
            }
        }
    }

    /// <summary>The decoder's complaint about the first value of a wrong type. Of a custom resource only metadata is decoded; the
    /// rest is validated against its schema later.</summary>
    private static string? FirstMistyped(JsonObject document, ResourceKind kind, string path)
    {
        foreach (var (name, value) in document)
        {
            if (value is null || (kind.IsCustom && name is not ("metadata" or "apiVersion" or "kind")))
            {
                continue;
            }

            if (kind.Schema.Field(name) is { } field && Mistyped(value, field, $"{path}{name}", kind.Kind) is { } complaint)
            {
                return complaint;
            }
        }

        return null;
    }

    private static string? Mistyped(JsonNode node, FieldSchema schema, string path, string root)
    {
        if (!SchemaValidator.HasType(node, schema.Type))
        {
            var found = node.GetValueKind() switch
            {
                System.Text.Json.JsonValueKind.True or System.Text.Json.JsonValueKind.False => "bool",
                System.Text.Json.JsonValueKind.Number => "number",
                var other => other.ToString().ToLowerInvariant(),
            };
            return $"json: cannot unmarshal {found} into Go struct field {root}.{path} of type {GoType(schema.Type)}";
        }

        return node switch
        {
            JsonArray array when schema.Items is { } items => array.OfType<JsonNode>()
                .Select(element => Mistyped(element, items, path, root)).FirstOrDefault(found => found is not null),
            JsonObject map => map.Where(pair => pair.Value is not null)
                .Select(pair => schema.Field(pair.Key) is { } field ? Mistyped(pair.Value!, field, $"{path}.{pair.Key}", root) : null)
                .FirstOrDefault(found => found is not null),
            _ => null,
        };
    }

    private static string GoType(FieldType type) => type switch
    {
        FieldType.Integer => "int32",
        FieldType.Number => "float64",
        FieldType.Boolean => "bool",
        FieldType.Array => "slice",
        FieldType.Object => "struct",
        FieldType.IntOrString => "intstr.IntOrString",
        _ => "string",
    };
}
