using System.Text.Json.Nodes;

namespace Routing.Agent.Lab.Api.Validation;

/// <summary>Checks a metav1.LabelSelector.</summary>
internal static class SelectorValidator
{
    public static void Validate(JsonNode? selector, string path, List<FieldError> errors)
    {
        MetadataValidator.ValidateLabels(selector.At("matchLabels"), $"{path}.matchLabels", errors);
        var i = 0;
        foreach (var expression in selector.Objects("matchExpressions"))
        {
            ValidateExpression(expression, $"{path}.matchExpressions[{i++}]", errors);
        }
    }

    private static void ValidateExpression(JsonObject expression, string path, List<FieldError> errors)
    {
        var values = expression["values"] as JsonArray ?? [];
        switch (expression.Text("operator"))
        {
            case "In" or "NotIn":
                if (values.Count == 0)
                {
                    errors.Add(FieldError.Required($"{path}.values", "must be specified when `operator` is 'In' or 'NotIn'"));
                }

                break;
            case "Exists" or "DoesNotExist":
                if (values.Count > 0)
                {
                    errors.Add(FieldError.Forbidden(
                        $"{path}.values", "may not be specified when `operator` is 'Exists' or 'DoesNotExist'"));
                }

                break;
            default:
                errors.Add(FieldError.Invalid(
                    $"{path}.operator", expression.Text("operator") ?? "", "not a valid selector operator"));
                break;
        }

        var key = expression.Text("key") ?? "";
        errors.AddRange(NameRule.CheckQualifiedName(key).Select(why => FieldError.Invalid($"{path}.key", key, why)));
        for (var i = 0; i < values.Count; i++)
        {
            var value = values[i].Text() ?? "";
            var at = $"{path}.values[{i}]";
            errors.AddRange(NameRule.LabelValue.Check(value).Select(why => FieldError.Invalid(at, value, why)));
        }
    }
}
