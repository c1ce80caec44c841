using System.Collections.Immutable;

namespace Routing.Agent.KubeApi;

/// <summary>Which of the places counts where a kind may be (docs/adr/0021).</summary>
internal sealed partial class SourceChoice(ResourceClient client, ImmutableArray<ResourcePath> paths, ILogger logger)
{
    private readonly ILogger _logger = logger;
    private ResourcePath? _otherwise; // counts although one before it is defined too

    /// <summary>The first that is defined, but one that is not ready only when there is no other; null when none is defined.</summary>
    public async Task<ResourcePath?> FindAsync(CancellationToken cancellationToken)
    {
        ResourcePath? first = null;
        foreach (var path in paths)
        {
            if (!await IsDefinedAsync(path, cancellationToken).ConfigureAwait(false))
            {
                continue;
            }

            if (first is not null)
            {
                OnTwoDefined(first, path);
                return path;
            }

            if (await StoreReadiness.IsReadyAsync(client, path.Source, cancellationToken).ConfigureAwait(false))
            {
                return path;
            }

            first = path;
        }

        return first;
    }

    /// <summary>True when another than the one that is followed counts now.</summary>
    public async Task<bool> IsElsewhereAsync(ResourcePath followed, CancellationToken cancellationToken) =>
        paths.Length > 1 && await FindAsync(cancellationToken).ConfigureAwait(false) is { } defined && defined != followed;

    /// <summary>False also for a definition that is being removed, and its objects with it.</summary>
    private async Task<bool> IsDefinedAsync(ResourcePath path, CancellationToken cancellationToken)
    {
        try
        {
            using var definition = await client.GetAsync(path.Definition, cancellationToken).ConfigureAwait(false);
            var meta = ResourcePages.Part(definition.RootElement, "metadata");
            _ = ResourcePages.Part(meta, "name");
            return !meta.TryGetProperty("deletionTimestamp", out _);
        }
        catch (ApiStatusException e) when (e.IsNotFound && e.Reason == "NotFound")
        {
            return false; // the word of an API server; any other 404 is some proxy's, and says nothing about definitions
        }
    }

    private void OnTwoDefined(ResourcePath first, ResourcePath chosen)
    {
        if (_otherwise != chosen)
        {
            TwoDefined(first.Source.ApiVersion, chosen.Source.ApiVersion, chosen.Name, first.Source.ReadyPath!);
        }

        _otherwise = chosen;
    }

    [LoggerMessage(
        Level = LogLevel.Warning,
        Message = "{First} and {Followed} both define {Resource}: the latter's count, until {ReadyObject} has spec.datastoreReady: true")]
    private partial void TwoDefined(string first, string followed, string resource, string readyObject);
}
