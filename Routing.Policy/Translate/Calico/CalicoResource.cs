using System.Text.Json.Serialization;
using k8s;
using k8s.Models;

namespace Routing.Policy.Translate.Calico;

/// <summary>An object of Calico's as it travels. Both of its API groups have the same kinds with the same fields.</summary>
public abstract class CalicoResource<TSpec> : IKubernetesObject<V1ObjectMeta>
    where TSpec : class
{
    /// <inheritdoc/>
    [JsonPropertyName("apiVersion")]
    public string ApiVersion { get; set; } = "";

    /// <inheritdoc/>
    [JsonPropertyName("kind")]
    public string Kind { get; set; } = "";

    /// <inheritdoc/>
    [JsonPropertyName("metadata")]
    public V1ObjectMeta Metadata { get; set; } = new();

    /// <summary>spec.</summary>
    [JsonPropertyName("spec")]
    public TSpec? Spec { get; set; }
}
