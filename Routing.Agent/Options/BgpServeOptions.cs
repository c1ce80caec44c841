using System.Net;

namespace Routing.Agent.Options;

/// <summary>What `routing bgp serve` is told on its command line.</summary>
internal sealed record BgpServeOptions
{
    /// <summary>The configuration file.</summary>
    public required string ConfigFile { get; init; }

    /// <summary>Unix socket on which peers and routes can be asked for; null for none.</summary>
    public string? SocketPath { get; init; }

    /// <summary>Port of /metrics; null for none.</summary>
    public int? MetricsPort { get; init; }

    /// <summary>Address of this page; it is unauthenticated, so loopback unless asked for.</summary>
    public IPAddress MetricsAddress { get; init; } = IPAddress.Loopback;

    /// <summary>Least level logged.</summary>
    public string LogLevel { get; init; } = "Information";
}
