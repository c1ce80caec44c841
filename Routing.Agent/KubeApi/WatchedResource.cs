namespace Routing.Agent.KubeApi;

/// <summary>A watch by its name, for those who only want to know how it fares.</summary>
/// <param name="Resource">Plural name of the kind.</param>
/// <param name="State">Reads its state; from any thread.</param>
internal sealed record WatchedResource(string Resource, Func<ResourceWatchState> State);
