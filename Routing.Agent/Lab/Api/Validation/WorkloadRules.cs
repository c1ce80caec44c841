using System.Text.Json.Nodes;

namespace Routing.Agent.Lab.Api.Validation;

/// <summary>apps/v1 DaemonSet, Deployment, StatefulSet and ReplicaSet: taken as charts send them. Nothing here runs them.</summary>
/// <param name="hasReplicas">spec.replicas defaults to 1.</param>
internal sealed class WorkloadRules(bool hasReplicas) : KindRules
{
    public override void Default(JsonObject document)
    {
        var spec = document.Object("spec");
        if (hasReplicas)
        {
            spec["replicas"] ??= 1;
        }

        PodSpecRules.Default(spec.Object("template").Object("spec"));
        document.Object("status");
    }

    public override void PrepareCreate(JsonObject document, WriteContext context) => document["status"] = new JsonObject();

    public override void Validate(JsonObject document, List<FieldError> errors)
    {
        var spec = document.Object("spec");
        var template = spec.Object("template");
        if (spec["selector"] is not JsonObject selector)
        {
            errors.Add(FieldError.Required("spec.selector"));
        }
        else
        {
            SelectorValidator.Validate(selector, "spec.selector", errors);
            var labels = template.Pairs("metadata", "labels").ToDictionary(StringComparer.Ordinal);
            if (selector.Pairs("matchLabels").Any(wanted => labels.GetValueOrDefault(wanted.Key) != wanted.Value))
            {
                errors.Add(FieldError.Invalid(
                    "spec.template.metadata.labels",
                    template.At("metadata", "labels") ?? new JsonObject(),
                    "`selector` does not match template `labels`"));
            }
        }

        PodSpecRules.Validate(template.Object("spec"), "spec.template.spec", errors);
    }

    public override void ValidateUpdate(JsonObject document, JsonObject old, List<FieldError> errors)
    {
        if (!old.At("spec", "selector").Same(document.At("spec", "selector")))
        {
            errors.Add(FieldError.Invalid("spec.selector", document.At("spec", "selector"), "field is immutable"));
        }
    }
}
