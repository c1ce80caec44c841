using System.Text.Json;
using System.Text.Json.Nodes;

namespace Routing.Agent.Lab.Api.Validation;

/// <summary>What is wrong with one field, in the words of apimachinery's pkg/util/validation/field.</summary>
/// <param name="Reason">As in a Status cause: FieldValueInvalid, FieldValueRequired, ...</param>
/// <param name="Field">Path, as in spec.ingress[0].ports[0].port.</param>
/// <param name="Message">Without the path.</param>
internal sealed record FieldError(string Reason, string Field, string Message)
{
    public static FieldError Invalid(string field, JsonNode? value, string detail) =>
        new("FieldValueInvalid", field, $"Invalid value: {Quote(value)}: {detail}");

    public static FieldError Required(string field, string detail = "") =>
        new("FieldValueRequired", field, detail.Length == 0 ? "Required value" : $"Required value: {detail}");

    public static FieldError Forbidden(string field, string detail) =>
        new("FieldValueForbidden", field, $"Forbidden: {detail}");

    public static FieldError Duplicate(string field, JsonNode? value) =>
        new("FieldValueDuplicate", field, $"Duplicate value: {Quote(value)}");

    public static FieldError NotSupported(string field, JsonNode? value, IEnumerable<string> supported) => new(
        "FieldValueNotSupported",
        field,
        $"Unsupported value: {Quote(value)}: supported values: {string.Join(", ", supported.Select(s => $"\"{s}\""))}");

    public static FieldError TooLong(string field, int most) =>
        new("FieldValueTooLong", field, $"Too long: may not be more than {most} bytes");

    public static FieldError TooMany(string field, int count, long most) =>
        new("FieldValueTooMany", field, $"Too many: {count}: must have at most {most} items");

    /// <summary>A value of another JSON type than the schema says.</summary>
    public static FieldError WrongType(string field, JsonNode? value, string type)
    {
        var found = value?.GetValueKind() switch
        {
            JsonValueKind.Object => "object",
            JsonValueKind.Array => "array",
            JsonValueKind.String => "string",
            JsonValueKind.Number => value.AsInteger() is null ? "number" : "integer",
            JsonValueKind.True or JsonValueKind.False => "boolean",
            _ => "null",
        };
        return new FieldError(
            "FieldValueTypeInvalid",
            field,
            $"Invalid value: \"{found}\": {field} in body must be of type {type}: \"{found}\"");
    }

    public JsonObject ToCause() => new() { ["reason"] = Reason, ["message"] = Message, ["field"] = Field };

    public override string ToString() => $"{Field}: {Message}";

    private static string Quote(JsonNode? value) => value switch
    {
        null => "null",
        _ => System.Text.Encoding.UTF8.GetString(JsonText.Compact(value)),
    };
}
