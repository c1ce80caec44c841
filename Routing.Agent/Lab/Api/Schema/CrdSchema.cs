using System.Text.Json;
using System.Text.Json.Nodes;

namespace Routing.Agent.Lab.Api.Schema;

/// <summary>Reads a CRD's openAPIV3Schema. Only what a structural schema may say is kept; composition keywords are ignored.</summary>
internal static class CrdSchema
{
    private static readonly Lazy<FieldSchema> ObjectMeta = new(() => ModelSchema.Of(typeof(k8s.Models.V1ObjectMeta)));

    /// <summary>The schema of a whole object: apiVersion, kind and metadata are always the standard ones.</summary>
    public static FieldSchema OfObject(JsonObject? openApi)
    {
        var schema = openApi is null
            ? new FieldSchema { Type = FieldType.Object, PreservesUnknown = true }
            : Of(openApi);
        schema.Properties["apiVersion"] = new FieldSchema { Type = FieldType.String };
        schema.Properties["kind"] = new FieldSchema { Type = FieldType.String };
        schema.Properties["metadata"] = ObjectMeta.Value;
        return schema;
    }

    private static FieldSchema Of(JsonObject node)
    {
        var schema = new FieldSchema
        {
            Type = TypeOf(node),
            Nullable = Flag(node, "nullable"),
            PreservesUnknown = Flag(node, "x-kubernetes-preserve-unknown-fields"),
            Pattern = node.Text("pattern"),
            Format = node.Text("format"),
            Minimum = Real(node, "minimum"),
            Maximum = Real(node, "maximum"),
            ExclusiveMinimum = Flag(node, "exclusiveMinimum"),
            ExclusiveMaximum = Flag(node, "exclusiveMaximum"),
            MinLength = node.Integer("minLength"),
            MaxLength = node.Integer("maxLength"),
            MinItems = node.Integer("minItems"),
            MaxItems = node.Integer("maxItems"),
            Default = node["default"]?.DeepClone(),
            Required = Texts(node["required"]),
            Enum = node["enum"] is JsonArray values ? [.. values.Select(value => value?.DeepClone())] : [],
        };
        if (node["properties"] is JsonObject properties)
        {
            foreach (var (name, property) in properties)
            {
                schema.Properties[name] = property is JsonObject inner ? Of(inner) : FieldSchema.Anything;
            }
        }

        if (node["additionalProperties"] is JsonObject values2)
        {
            schema.Values = Of(values2);
        }
        else if (node["additionalProperties"]?.GetValueKind() == JsonValueKind.True)
        {
            schema.Values = FieldSchema.Anything;
        }

        if (node["items"] is JsonObject items)
        {
            schema.Items = Of(items);
        }

        var listType = node.Text("x-kubernetes-list-type");
        schema.ListKeys = listType == "map" ? Texts(node["x-kubernetes-list-map-keys"]) : [];
        schema.IsSet = listType == "set";
        schema.Atomic = (schema.Type == FieldType.Array && listType is not ("map" or "set"))
            || node.Text("x-kubernetes-map-type") == "atomic";
        return schema;
    }

    private static FieldType TypeOf(JsonObject node) => Flag(node, "x-kubernetes-int-or-string")
        ? FieldType.IntOrString
        : node.Text("type") switch
        {
            "object" => FieldType.Object,
            "array" => FieldType.Array,
            "string" => FieldType.String,
            "integer" => FieldType.Integer,
            "number" => FieldType.Number,
            "boolean" => FieldType.Boolean,
            _ => FieldType.Any,
        };

    private static bool Flag(JsonObject node, string name) => node[name]?.GetValueKind() == JsonValueKind.True;

    private static double? Real(JsonObject node, string name) =>
        node[name]?.GetValueKind() == JsonValueKind.Number
            ? double.Parse(node[name]!.ToJsonString(), System.Globalization.CultureInfo.InvariantCulture)
            : null;

    private static string[] Texts(JsonNode? node) =>
        node is JsonArray array ? [.. array.Select(value => value.Text()).OfType<string>()] : [];
}
