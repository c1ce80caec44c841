using System.Text.Json;
using System.Text.Json.Nodes;
using Routing.Agent.Lab.Api.Schema;
using Routing.Agent.Lab.Api.Tables;
using Routing.Agent.Lab.Api.Validation;

namespace Routing.Agent.Lab.Api.Kinds;

/// <summary>Makes the kinds a CustomResourceDefinition defines: one per served version, all reading the same objects (conversion
/// is None: versions differ in their apiVersion only).</summary>
internal static class CustomKind
{
    public static IEnumerable<ResourceKind> From(JsonObject definition)
    {
        var established = definition.Objects("status", "conditions")
            .Any(condition => condition.Text("type") == "Established" && condition.Text("status") == "True");
        var spec = definition.Object("spec");
        return established
            ? spec.Objects("versions").Where(version => version["served"]?.GetValueKind() == JsonValueKind.True)
                .Select(version => One(spec, version))
            : [];
    }

    private static ResourceKind One(JsonObject spec, JsonObject version)
    {
        var names = spec.Object("names");
        var schema = CrdSchema.OfObject(version.At("schema", "openAPIV3Schema") as JsonObject);
        var kind = names.Text("kind") ?? "";
        var columns = version.Objects("additionalPrinterColumns").ToArray();
        return new ResourceKind
        {
            Group = spec.Text("group") ?? "",
            Version = version.Text("name") ?? "",
            Kind = kind,
            Plural = names.Text("plural") ?? "",
            Singular = names.Text("singular") ?? kind.ToLowerInvariant(),
            ListKind = names.Text("listKind") ?? kind + "List",
            Namespaced = spec.Text("scope") == "Namespaced",
            ShortNames = Texts(names["shortNames"]),
            Categories = Texts(names["categories"]),
            IsCustom = true,
            HasStatus = version.At("subresources", "status") is not null,
            HasGeneration = true,
            Schema = schema,
            SelectableFields =
                [.. version.Objects("selectableFields").Select(field => field.Text("jsonPath")?.TrimStart('.') ?? "")],
            Rules = new CustomRules(schema),
            Columns = columns.Length == 0
                ? CommonColumns.NameAndAge
                : [CommonColumns.Name, .. columns.Select(JsonPathColumn.From)],
        };
    }

    private static string[] Texts(JsonNode? node) =>
        node is JsonArray array ? [.. array.Select(value => value.Text()).OfType<string>()] : [];
}
