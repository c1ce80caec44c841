using System.Collections.Immutable;
using System.Text.Json;
using System.Text.Json.Nodes;
using k8s;
using Routing.Agent.Cli;
using Routing.Agent.KubeApi;

namespace Routing.Agent.Manifests;

/// <summary>Reads once, from an API server, the objects that policy is made from. They come as JSON and are read by the same
/// code as files, so that a verb says the same of a cluster and of what kubectl prints of it.</summary>
internal static class LiveManifests
{
    // What the cluster need not define answers 404, and then there is none of it.
    private static readonly ImmutableArray<(string ApiVersion, string Kind, string Plural, bool IsOptional)> Kinds =
    [
        ("v1", "Node", "nodes", false),
        ("v1", "Namespace", "namespaces", false),
        ("v1", "Pod", "pods", false),
        ("networking.k8s.io/v1", "NetworkPolicy", "networkpolicies", false),
        ("policy.networking.k8s.io/v1alpha2", "ClusterNetworkPolicy", "clusternetworkpolicies", true),
        ("policy.networking.k8s.io/v1alpha1", "AdminNetworkPolicy", "adminnetworkpolicies", true),
        ("policy.networking.k8s.io/v1alpha1", "BaselineAdminNetworkPolicy", "baselineadminnetworkpolicies", true),
    ];

    /// <exception cref="UserErrorException">The API server cannot be reached, or refuses.</exception>
    public static async Task<ImmutableArray<Manifest>> ReadAsync(Kubernetes client, CancellationToken cancellationToken)
    {
        var source = new ResourceClient(client);
        var manifests = ImmutableArray.CreateBuilder<Manifest>();
        foreach (var (apiVersion, kind, plural, isOptional) in Kinds)
        {
            var path = $"{(apiVersion.Contains('/', StringComparison.Ordinal) ? "apis" : "api")}/{apiVersion}/{plural}";
            try
            {
                await ReadAsync(source, path, apiVersion, kind, manifests, cancellationToken);
            }
            catch (ApiStatusException e) when (isOptional && e.Code == 404)
            {
            }
            catch (Exception e) when (e is ApiStatusException or HttpRequestException or IOException or JsonException)
            {
                throw new UserErrorException($"API server {client.BaseUri}: {plural}: {e.Message}");
            }
        }

        return manifests.ToImmutable();
    }

    private static async Task ReadAsync(
        ResourceClient source, string path, string apiVersion, string kind,
        ImmutableArray<Manifest>.Builder manifests, CancellationToken cancellationToken)
    {
        var next = "";
        do
        {
            using var page = await source.GetAsync(
                $"{path}?limit=500{(next.Length > 0 ? $"&continue={Uri.EscapeDataString(next)}" : "")}", cancellationToken);
            foreach (var item in page.RootElement.GetProperty("items").EnumerateArray())
            {
                manifests.Add(new Manifest("", apiVersion, kind, JsonObject.Create(item.Clone())!, null));
            }

            next = page.RootElement.TryGetProperty("metadata", out var metadata)
                && metadata.TryGetProperty("continue", out var token) ? token.GetString() ?? "" : "";
        }
        while (next.Length > 0);
    }
}
