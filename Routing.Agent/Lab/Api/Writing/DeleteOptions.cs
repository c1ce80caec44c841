using System.Text.Json.Nodes;

namespace Routing.Agent.Lab.Api.Writing;

/// <summary>What matters here of metav1.DeleteOptions. Grace periods do not: nothing in the lab needs one. Neither does the
/// propagation policy: no controller makes dependents.</summary>
/// <param name="DryRun">Do everything but delete.</param>
/// <param name="Uid">Only this very object.</param>
/// <param name="ResourceVersion">Only in this state.</param>
internal sealed record DeleteOptions(bool DryRun, string? Uid, string? ResourceVersion)
{
    public static DeleteOptions From(JsonNode? body, bool dryRun) => new(
        dryRun || (body.At("dryRun") as JsonArray ?? []).Any(value => value.Text() == "All"),
        body.Text("preconditions", "uid"),
        body.Text("preconditions", "resourceVersion"));
}
