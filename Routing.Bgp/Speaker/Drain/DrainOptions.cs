using System.Collections.Immutable;

namespace Routing.Bgp.Speaker.Drain;

/// <summary>How sessions are taken out of service (RFC 8326).</summary>
public sealed record DrainOptions
{
    /// <summary>The neighbours, by name; empty for all.</summary>
    public ImmutableArray<string> Peers { get; init; } = [];

    /// <summary>Told to the neighbours' operators when the sessions end (RFC 9003).</summary>
    public string? Reason { get; init; }

    /// <summary>Longest wait, whatever is still in use by then.</summary>
    public TimeSpan Timeout { get; init; } = TimeSpan.FromSeconds(60);

    /// <summary>When nothing that can be seen has changed for so long, whoever could move has moved.</summary>
    public TimeSpan SettleTime { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>Shut the sessions down in the end; otherwise they stay up, as the last choice, until
    /// <see cref="BgpSpeaker.EnableAsync"/>.</summary>
    public bool ShutsDown { get; init; } = true;
}
