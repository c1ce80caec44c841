using System.Text.Json;
using System.Text.Json.Nodes;

namespace Routing.Agent.Lab.Api.Validation;

/// <summary>apiextensions.k8s.io/v1 CustomResourceDefinition.</summary>
internal sealed class DefinitionRules : KindRules
{
    private static readonly string[] Scopes = ["Cluster", "Namespaced"];

    public override void Default(JsonObject document)
    {
        var spec = document.Object("spec");
        var names = spec.Object("names");
        if (names.Text("kind") is { Length: > 0 } kind)
        {
            names["singular"] ??= kind.ToLowerInvariant();
            names["listKind"] ??= kind + "List";
        }

        spec["conversion"] ??= new JsonObject { ["strategy"] = "None" };
    }

    public override void PrepareCreate(JsonObject document, WriteContext context)
    {
        document.Remove("status");
        Accept(document, context);
    }

    public override void PrepareUpdate(JsonObject document, JsonObject old, WriteContext context) => Accept(document, context);

    public override void Validate(JsonObject document, List<FieldError> errors)
    {
        var spec = document.Object("spec");
        var names = spec.Object("names");
        foreach (var (path, value) in (ReadOnlySpan<(string, string?)>)
            [("spec.group", spec.Text("group")), ("spec.names.plural", names.Text("plural")), ("spec.names.kind", names.Text("kind"))])
        {
            if (string.IsNullOrEmpty(value))
            {
                errors.Add(FieldError.Required(path));
            }
        }

        var expected = $"{names.Text("plural")}.{spec.Text("group")}";
        if (document["metadata"].Text("name") != expected)
        {
            errors.Add(FieldError.Invalid(
                "metadata.name", document["metadata"].Text("name"), "must be spec.names.plural+\".\"+spec.group"));
        }

        if (!Scopes.Contains(spec.Text("scope")))
        {
            errors.Add(spec["scope"] is null
                ? FieldError.Required("spec.scope")
                : FieldError.NotSupported("spec.scope", spec["scope"], Scopes));
        }

        ValidateVersions(spec, errors);
    }

    public override void ValidateUpdate(JsonObject document, JsonObject old, List<FieldError> errors)
    {
        foreach (var field in (ReadOnlySpan<string>)["group", "scope"])
        {
            if (document["spec"].Text(field) != old["spec"].Text(field))
            {
                errors.Add(FieldError.Invalid($"spec.{field}", document.At("spec", field), "field is immutable"));
            }
        }
    }

    /// <summary>The naming and establishing controllers, at once: kinds are served from the moment the definition is stored.</summary>
    private static void Accept(JsonObject document, WriteContext context)
    {
        var spec = document.Object("spec");
        var names = spec.Object("names");
        var status = document.Object("status");
        var accepted = !context.Registry.IsTaken(document["metadata"].Text("name") ?? "", names, spec.Text("group") ?? "");
        var now = JsonText.Time(context.Time.GetUtcNow());
        var conditions = status["conditions"] as JsonArray ?? [];
        status["conditions"] = new JsonArray(
            Condition(conditions, "NamesAccepted", accepted, accepted ? "NoConflicts" : "NamesConflict",
                accepted ? "no conflicts found" : "another definition has these names", now),
            Condition(conditions, "Established", accepted, accepted ? "InitialNamesAccepted" : "NotAccepted",
                accepted ? "the initial names have been accepted" : "not all names are accepted", now));
        status["acceptedNames"] = accepted ? names.DeepClone() : new JsonObject { ["kind"] = "", ["plural"] = "" };
        var stored = spec.Objects("versions")
            .Where(version => version["storage"]?.GetValueKind() == JsonValueKind.True)
            .Select(version => (JsonNode?)version.Text("name"));
        status["storedVersions"] = new JsonArray([.. stored]);
    }

    private static JsonObject Condition(JsonArray old, string type, bool holds, string reason, string message, string now)
    {
        var state = holds ? "True" : "False";
        var before = old.OfType<JsonObject>().FirstOrDefault(condition => condition.Text("type") == type);
        var since = before.Text("status") == state ? before.Text("lastTransitionTime") : null;
        return new JsonObject
        {
            ["lastTransitionTime"] = since ?? now,
            ["message"] = message,
            ["reason"] = reason,
            ["status"] = state,
            ["type"] = type,
        };
    }

    private static void ValidateVersions(JsonObject spec, List<FieldError> errors)
    {
        var versions = spec.Objects("versions").ToArray();
        if (versions.Count(version => version["storage"]?.GetValueKind() == JsonValueKind.True) != 1)
        {
            errors.Add(FieldError.Invalid(
                "spec.versions", spec["versions"]?.DeepClone(), "must have exactly one version marked as storage version"));
        }

        foreach (var (i, version) in versions.Index())
        {
            var path = $"spec.versions[{i}]";
            var name = version.Text("name") ?? "";
            errors.AddRange(NameRule.DnsLabel.Check(name).Select(why => FieldError.Invalid($"{path}.name", name, why)));
            if (version.At("schema", "openAPIV3Schema") is not JsonObject schema)
            {
                errors.Add(FieldError.Required($"{path}.schema.openAPIV3Schema", "schemas are required"));
            }
            else if (schema.Text("type") != "object")
            {
                errors.Add(FieldError.Invalid(
                    $"{path}.schema.openAPIV3Schema.type", schema["type"]?.DeepClone() ?? "", "must be object at the root"));
            }
        }
    }
}
