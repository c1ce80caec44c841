using System.Text.Json.Nodes;

namespace Routing.Agent.Lab.Api.Validation;

/// <summary>v1 Pod.</summary>
internal sealed class PodRules : KindRules
{
    public override void Default(JsonObject document)
    {
        var spec = document.Object("spec");
        PodSpecRules.Default(spec);
        spec["enableServiceLinks"] ??= true;
    }

    public override void PrepareCreate(JsonObject document, WriteContext context) =>
        document["status"] = new JsonObject { ["phase"] = "Pending", ["qosClass"] = QosClass(document.Object("spec")) };

    public override void Validate(JsonObject document, List<FieldError> errors) =>
        PodSpecRules.Validate(document.Object("spec"), "spec", errors);

    /// <summary>A pod's spec is written once, but for a few fields; being bound to a node is the binding subresource's.</summary>
    public override void ValidateUpdate(JsonObject document, JsonObject old, List<FieldError> errors)
    {
        if (!Fixed(document.Object("spec")).Same(Fixed(old.Object("spec"))))
        {
            errors.Add(FieldError.Forbidden(
                "spec",
                "pod updates may not change fields other than `spec.containers[*].image`,`spec.initContainers[*].image`,"
                + "`spec.activeDeadlineSeconds`,`spec.tolerations` (only additions to existing tolerations),"
                + "`spec.terminationGracePeriodSeconds` (allow it to be set to 1 if it was previously negative)"));
        }
    }

    private static JsonObject Fixed(JsonObject spec)
    {
        var rest = spec.Clone();
        rest.Remove("activeDeadlineSeconds");
        rest.Remove("tolerations");
        foreach (var container in rest.Objects("containers").Concat(rest.Objects("initContainers")))
        {
            container.Remove("image");
        }

        return rest;
    }

    private static string QosClass(JsonObject spec)
    {
        var containers = spec.Objects("containers").Concat(spec.Objects("initContainers")).ToArray();
        bool Has(JsonObject container, string what) => container.At("resources", what) is JsonObject { Count: > 0 };
        if (!containers.Any(container => Has(container, "limits") || Has(container, "requests")))
        {
            return "BestEffort";
        }

        return containers.All(container =>
            container.At("resources", "limits", "cpu") is not null
            && container.At("resources", "limits", "memory") is not null
            && (!Has(container, "requests")
                || container.At("resources", "requests").Same(container.At("resources", "limits"))))
            ? "Guaranteed"
            : "Burstable";
    }
}
