using System.Text.Json.Nodes;

namespace Routing.Agent.Lab.Api.Schema;

/// <summary>Fills in the defaults a CRD's schema declares: only below objects that exist, from the outside in.</summary>
internal static class SchemaDefaults
{
    public static void Fill(JsonNode? node, FieldSchema schema)
    {
        if (node is JsonArray array && schema.Items is { } element)
        {
            foreach (var item in array)
            {
                Fill(item, element);
            }
        }
        else if (node is JsonObject map)
        {
            foreach (var (name, field) in schema.Properties)
            {
                if (field.Default is not null && (!map.ContainsKey(name) || (map[name] is null && !field.Nullable)))
                {
                    map[name] = field.Default.DeepClone();
                }
            }

            foreach (var (name, value) in map)
            {
                if (schema.Field(name) is { } field && !ReferenceEquals(field, FieldSchema.Anything))
                {
                    Fill(value, field);
                }
            }
        }
    }
}
