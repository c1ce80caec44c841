using System.Text.Json.Serialization;
using k8s;
using k8s.Models;
using Routing.Agent.KubeApi;

namespace Routing.Tests.KubeApi;

/// <summary>A custom resource whose definition allows more than this model can read.</summary>
[KubernetesEntity(Group = "test.dev", ApiVersion = "v1", Kind = "Widget", PluralName = "widgets")]
internal sealed class Widget : IKubernetesObject<V1ObjectMeta>
{
    public const string Definition =
        """
        {"apiVersion":"apiextensions.k8s.io/v1","kind":"CustomResourceDefinition","metadata":{"name":"widgets.test.dev"},
         "spec":{"group":"test.dev","scope":"Cluster","names":{"kind":"Widget","plural":"widgets"},
          "versions":[{"name":"v1","served":true,"storage":true,
           "schema":{"openAPIV3Schema":{"type":"object","x-kubernetes-preserve-unknown-fields":true}}}]}}
        """;

    public static ResourceSource Source { get; } = new("test.dev/v1", "widgets", "widgets.test.dev");

    [JsonPropertyName("apiVersion")]
    public string ApiVersion { get; set; } = "test.dev/v1";

    [JsonPropertyName("kind")]
    public string Kind { get; set; } = "Widget";

    [JsonPropertyName("metadata")]
    public V1ObjectMeta Metadata { get; set; } = new();

    [JsonPropertyName("size")]
    public int Size { get; set; }
}
