using System.Text.Json.Nodes;

namespace Routing.Agent.Lab.Api.Validation;

/// <summary>v1 Node.</summary>
internal sealed class NodeRules : KindRules
{
    public override void Default(JsonObject document)
    {
        var spec = document.Object("spec");
        if (spec["podCIDRs"] is JsonArray { Count: > 0 } all && spec["podCIDR"] is null)
        {
            spec["podCIDR"] = all[0]?.DeepClone();
        }
        else if (spec.Text("podCIDR") is { Length: > 0 } one && spec["podCIDRs"] is not JsonArray { Count: > 0 })
        {
            spec["podCIDRs"] = new JsonArray(one);
        }

        document.Object("status");
    }

    public override void Validate(JsonObject document, List<FieldError> errors)
    {
        var cidrs = document.At("spec", "podCIDRs") as JsonArray ?? [];
        foreach (var (i, value) in cidrs.Index())
        {
            if (!Cidr.TryParse(value.Text() ?? "", out _))
            {
                errors.Add(FieldError.Invalid(
                    $"spec.podCIDRs[{i}]", value, "must be a valid CIDR value, (e.g. 10.9.8.0/24 or 2001:db8::/64)"));
            }
        }

        if (cidrs.Count > 0 && cidrs[0].Text() != document["spec"].Text("podCIDR"))
        {
            errors.Add(FieldError.Invalid("spec.podCIDRs[0]", cidrs[0], "field must match `podCIDR`"));
        }
    }

    /// <summary>A node's ranges may be given once, and never taken away or changed.</summary>
    public override void ValidateUpdate(JsonObject document, JsonObject old, List<FieldError> errors)
    {
        if (old.At("spec", "podCIDRs") is JsonArray { Count: > 0 } before && !before.Same(document.At("spec", "podCIDRs")))
        {
            errors.Add(FieldError.Forbidden(
                "spec", "node updates may not change podCIDR except from \"\" to valid"));
        }
    }
}
