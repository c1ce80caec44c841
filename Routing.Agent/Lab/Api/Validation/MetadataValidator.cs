using System.Text.Json.Nodes;
using Routing.Agent.Lab.Api.Kinds;

namespace Routing.Agent.Lab.Api.Validation;

/// <summary>Checks metadata, which all kinds share (apimachinery's ValidateObjectMeta).</summary>
internal static class MetadataValidator
{
    private const int MostAnnotationBytes = 256 * 1024;

    public static void Validate(ResourceKind kind, JsonObject document, List<FieldError> errors)
    {
        var metadata = document.Object("metadata");
        var name = metadata.Text("name") ?? "";
        if (name.Length == 0)
        {
            errors.Add(FieldError.Required("metadata.name", "name or generateName is required"));
        }
        else
        {
            errors.AddRange(kind.Rules.Name.Check(name).Select(why => FieldError.Invalid("metadata.name", name, why)));
        }

        ValidateLabels(metadata["labels"], "metadata.labels", errors);
        ValidateAnnotations(metadata, errors);
        foreach (var finalizer in (metadata["finalizers"] as JsonArray ?? []).Select(value => value.Text() ?? ""))
        {
            errors.AddRange(NameRule.CheckQualifiedName(finalizer)
                .Select(why => FieldError.Invalid("metadata.finalizers", finalizer, why)));
        }
    }

    /// <summary>Identity never changes.</summary>
    public static void ValidateUpdate(JsonObject document, JsonObject old, List<FieldError> errors)
    {
        foreach (var field in (ReadOnlySpan<string>)["name", "namespace", "uid"])
        {
            var value = document["metadata"].Text(field);
            if (value != old["metadata"].Text(field))
            {
                errors.Add(FieldError.Invalid($"metadata.{field}", value, "field is immutable"));
            }
        }
    }

    public static void ValidateLabels(JsonNode? labels, string path, List<FieldError> errors)
    {
        foreach (var (key, value) in labels.Pairs())
        {
            errors.AddRange(NameRule.CheckQualifiedName(key).Select(why => FieldError.Invalid(path, key, why)));
            errors.AddRange(NameRule.LabelValue.Check(value).Select(why => FieldError.Invalid(path, value, why)));
        }
    }

    private static void ValidateAnnotations(JsonObject metadata, List<FieldError> errors)
    {
        var size = 0;
        foreach (var (key, value) in metadata.Pairs("annotations"))
        {
            // Annotations' keys may have capitals, which labels' prefixes may not.
            errors.AddRange(NameRule.CheckQualifiedName(key.ToLowerInvariant())
                .Select(why => FieldError.Invalid("metadata.annotations", key, why)));
            size += key.Length + value.Length;
        }

        if (size > MostAnnotationBytes)
        {
            errors.Add(FieldError.TooLong("metadata.annotations", MostAnnotationBytes));
        }
    }
}
