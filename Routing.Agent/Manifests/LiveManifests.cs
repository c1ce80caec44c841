using System.Collections.Immutable;
using System.Text.Json;
using System.Text.Json.Nodes;
using k8s;
using Routing.Agent.Cli;
using Routing.Agent.Dataplane;
using Routing.Agent.KubeApi;

namespace Routing.Agent.Manifests;

/// <summary>Reads once, from an API server, the objects that policy is made from. They come as JSON and are read by the same
/// code as files, so that a verb says the same of a cluster and of what kubectl prints of it.</summary>
internal static class LiveManifests
{
    /// <summary>How long a page of a list may take; nobody waits for a gate that hangs.</summary>
    private static readonly TimeSpan Longest = TimeSpan.FromSeconds(30);

    /// <exception cref="UserErrorException">The API server cannot be reached, does not answer, or refuses.</exception>
    public static Task<ImmutableArray<Manifest>> ReadAsync(Kubernetes client, CancellationToken cancellationToken) =>
        ReadAsync(client, Longest, cancellationToken);

    /// <summary>The same, with another limit.</summary>
    public static async Task<ImmutableArray<Manifest>> ReadAsync(Kubernetes client, TimeSpan longest, CancellationToken cancellationToken)
    {
        var source = new ResourceClient(client, longest);
        var manifests = ImmutableArray.CreateBuilder<Manifest>();
        foreach (var input in PolicyInputs.All)
        {
            await ReadAsync(client, source, input, manifests, cancellationToken);
        }

        return manifests.ToImmutable();
    }

    /// <summary>What the cluster need not define answers 404, and then there is none of it. Where it has a kind in two groups,
    /// they are two faces of one store, or one is being moved to the other, which agents follow when it is ready.</summary>
    private static async Task ReadAsync(
        Kubernetes client, ResourceClient source, PolicyInput input,
        ImmutableArray<Manifest>.Builder manifests, CancellationToken cancellationToken)
    {
        foreach (var place in await OrderAsync(client, source, input, cancellationToken))
        {
            try
            {
                var root = place.ApiVersion.Contains('/', StringComparison.Ordinal) ? "apis" : "api";
                await ReadAsync(
                    source, $"{root}/{place.ApiVersion}/{place.Plural}", place.ApiVersion, input.Kind, manifests,
                    cancellationToken);
                return;
            }
            catch (ApiStatusException e) when (input.IsOptional && e.IsNotFound)
            {
            }
            catch (Exception e) when (e is ApiStatusException or HttpRequestException or IOException or JsonException or TimeoutException)
            {
                throw new UserErrorException($"API server {client.BaseUri}: {input}: {e.Message}");
            }
        }
    }

    private static async Task<IEnumerable<ResourceSource>> OrderAsync(
        Kubernetes client, ResourceClient source, PolicyInput input, CancellationToken cancellationToken)
    {
        try
        {
            return await StoreReadiness.IsReadyAsync(source, input.Sources[0], cancellationToken)
                ? input.Sources : input.Sources.Reverse();
        }
        catch (Exception e) when (e is ApiStatusException or HttpRequestException or IOException or JsonException or TimeoutException)
        {
            throw new UserErrorException($"API server {client.BaseUri}: {input.Sources[0].ReadyPath}: {e.Message}");
        }
    }

    private static async Task ReadAsync(
        ResourceClient source, string path, string apiVersion, string kind,
        ImmutableArray<Manifest>.Builder manifests, CancellationToken cancellationToken)
    {
        var pages = ResourcePages.ReadAsync(
            source, next => $"{path}?limit=500{(next is null ? "" : $"&continue={Uri.EscapeDataString(next)}")}", cancellationToken);
        await foreach (var (items, _) in pages)
        {
            manifests.AddRange(items.Select(item => new Manifest("", apiVersion, kind, JsonObject.Create(item.Clone())!, null)));
        }
    }
}
