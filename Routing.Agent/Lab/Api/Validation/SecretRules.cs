using System.Text;
using System.Text.Json.Nodes;

namespace Routing.Agent.Lab.Api.Validation;

/// <summary>v1 Secret: stringData is a convenience for writers and is never stored.</summary>
internal sealed class SecretRules : KindRules
{
    public override void Default(JsonObject document)
    {
        foreach (var (key, value) in document.Pairs("stringData").ToArray())
        {
            document.Object("data")[key] = Convert.ToBase64String(Encoding.UTF8.GetBytes(value));
        }

        document.Remove("stringData");
        document["type"] ??= "Opaque";
    }

    public override void Validate(JsonObject document, List<FieldError> errors)
    {
        foreach (var (key, value) in document.Pairs("data"))
        {
            if (!Convert.TryFromBase64String(value, new byte[value.Length], out _))
            {
                errors.Add(FieldError.Invalid($"data[{key}]", "<redacted>", "must be base64"));
            }
        }
    }

    public override void ValidateUpdate(JsonObject document, JsonObject old, List<FieldError> errors)
    {
        if (document.Text("type") != old.Text("type"))
        {
            errors.Add(FieldError.Invalid("type", document["type"], "field is immutable"));
        }
    }
}
