namespace Routing.Agent.Cni;

/// <summary>Limits of the CNI socket. They bound what a slow or broken client can hold, and are far above what a
/// runtime asks for: a node has some hundred pods.</summary>
public sealed record CniServerOptions
{
    /// <summary>Where the shim connects.</summary>
    public required string SocketPath { get; init; }

    /// <summary>Connections at a time; further ones wait in the socket's backlog.</summary>
    public int MaxConnections { get; init; } = 256;

    /// <summary>Calls worked on at a time; further ones wait. The kernel serialises most of their work anyway
    /// (RTNL).</summary>
    public int MaxConcurrentCalls { get; init; } = 16;

    /// <summary>How long a client may take to send its request, or to take its reply.</summary>
    public TimeSpan TransferTimeout { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>The longest a call may ask to take; the shim's own limit is the same.</summary>
    public TimeSpan MaxCallTimeout { get; init; } = TimeSpan.FromMinutes(10);
}
