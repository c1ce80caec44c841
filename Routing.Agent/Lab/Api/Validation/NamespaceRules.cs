using System.Text.Json.Nodes;

namespace Routing.Agent.Lab.Api.Validation;

/// <summary>v1 Namespace: carries its own name as a label, so that selectors can name it.</summary>
internal sealed class NamespaceRules : KindRules
{
    public const string NameLabel = "kubernetes.io/metadata.name";

    public override NameRule Name => NameRule.Label;

    public override void Default(JsonObject document)
    {
        var metadata = document.Object("metadata");
        if (metadata.Text("name") is { Length: > 0 } name)
        {
            metadata.Object("labels")[NameLabel] = name;
        }

        document.Object("spec");
        document.Object("status")["phase"] ??= "Active";
    }

    public override void PrepareCreate(JsonObject document, WriteContext context)
    {
        document.Object("spec")["finalizers"] = new JsonArray("kubernetes");
        document["status"] = new JsonObject { ["phase"] = "Active" };
    }

    public override void PrepareUpdate(JsonObject document, JsonObject old, WriteContext context)
    {
        // Only the finalize subresource changes these.
        document.Object("spec").Remove("finalizers");
        if (old.At("spec", "finalizers") is { } finalizers)
        {
            document.Object("spec")["finalizers"] = finalizers.DeepClone();
        }
    }
}
