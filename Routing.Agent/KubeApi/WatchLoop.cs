namespace Routing.Agent.KubeApi;

/// <summary>A loop for the role to run.</summary>
/// <param name="Name">For logs.</param>
/// <param name="Run">Runs until cancelled.</param>
internal sealed record WatchLoop(string Name, Func<CancellationToken, Task> Run);
