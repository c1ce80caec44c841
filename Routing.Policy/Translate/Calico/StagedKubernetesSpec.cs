using System.Text.Json.Serialization;
using k8s.Models;

namespace Routing.Policy.Translate.Calico;

/// <summary>spec of a StagedKubernetesNetworkPolicy: a NetworkPolicy's, and what becomes of it.</summary>
public sealed class StagedKubernetesSpec
{
    /// <summary>Set or Delete.</summary>
    [JsonPropertyName("stagedAction")]
    public string? StagedAction { get; set; }

    /// <summary>Whom it is about.</summary>
    [JsonPropertyName("podSelector")]
    public V1LabelSelector? PodSelector { get; set; }

    /// <summary>Ingress, Egress or both.</summary>
    [JsonPropertyName("policyTypes")]
    public IList<string>? PolicyTypes { get; set; }

    /// <summary>What may come in.</summary>
    [JsonPropertyName("ingress")]
    public IList<V1NetworkPolicyIngressRule>? Ingress { get; set; }

    /// <summary>What may go out.</summary>
    [JsonPropertyName("egress")]
    public IList<V1NetworkPolicyEgressRule>? Egress { get; set; }
}
