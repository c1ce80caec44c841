using System.Text.Json.Nodes;
using k8s;
using k8s.Models;
using Routing.Agent.KubeApi;
using Routing.Policy.Translate.ClusterPolicies;

namespace Routing.Agent.PolicyStatus;

/// <summary>Server-side apply of the status subresource: the server merges conditions by their type, so those of other
/// implementations stay, and the version that was read makes a write about an older object fail.</summary>
internal sealed class StatusClient(Kubernetes client) : IStatusClient
{
    /// <summary>Owner of the condition, in the object's managedFields.</summary>
    public const string FieldManager = "routing-controller";

    private readonly ResourceClient _client = new(client);

    /// <inheritdoc/>
    public Task ApplyAsync(
        ResourceSource source, ClusterPolicyResource policy, V1Condition condition, CancellationToken cancellationToken) =>
        _client.ApplyAsync(
            $"apis/{source.ApiVersion}/{source.Plural}/{Uri.EscapeDataString(policy.Metadata.Name)}/status"
                + $"?fieldManager={FieldManager}&force=true", // force: the type is ours, whoever wrote it before
            Body(source, policy, condition),
            cancellationToken);

    private static string Body(ResourceSource source, ClusterPolicyResource policy, V1Condition condition) => new JsonObject
    {
        ["apiVersion"] = source.ApiVersion,
        ["kind"] = policy.GetKubernetesTypeMetadata().Kind,
        ["metadata"] = new JsonObject
        {
            ["name"] = policy.Metadata.Name,
            ["resourceVersion"] = policy.Metadata.ResourceVersion,
        },
        ["status"] = new JsonObject { ["conditions"] = new JsonArray(JsonNode.Parse(KubernetesJson.Serialize(condition))) },
    }.ToJsonString();
}
