using System.Text.Json;

namespace Routing.Agent.KubeApi;

/// <summary>Which of two stores of a kind counts while a cluster defines both (docs/adr/0021).</summary>
internal static class StoreReadiness
{
    /// <summary>True for a source that says of itself that it is complete, and for one that is asked for no such word.</summary>
    /// <exception cref="ApiStatusException">The API server refuses; not for an object that is not there.</exception>
    public static async Task<bool> IsReadyAsync(ResourceClient client, ResourceSource source, CancellationToken cancellationToken)
    {
        if (source.ReadyPath is null)
        {
            return true;
        }

        try
        {
            using var said = await client.GetAsync(source.ReadyPath, cancellationToken).ConfigureAwait(false);
            return said.RootElement.TryGetProperty("spec", out var spec) && spec.ValueKind == JsonValueKind.Object
                && spec.TryGetProperty("datastoreReady", out var ready) && ready.ValueKind == JsonValueKind.True;
        }
        catch (ApiStatusException e) when (e.IsNotFound)
        {
            return false;
        }
    }
}
