using Routing.Bgp.Wire.Nlri;

namespace Routing.Bgp.Speaker.Watch;

/// <summary>What a watcher wants to see; what is null lets everything pass.</summary>
public sealed record WatchFilter
{
    /// <summary>Only this neighbour, by name.</summary>
    public string? Peer { get; init; }

    /// <summary>Of routes, only this prefix and those inside it. Sessions are shown all the same.</summary>
    public Prefix? Prefix { get; init; }
}
