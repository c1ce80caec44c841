namespace Routing.Bgp.Speaker;

/// <summary>The times of a session (RFC 4271 §10).</summary>
public sealed record TimerOptions
{
    /// <summary>Hold time to offer: 0 or at least 3 s (RFC 4271 §4.2).</summary>
    public TimeSpan HoldTime { get; init; } = TimeSpan.FromSeconds(90);

    /// <summary>Time between connection attempts (RFC 4271 §10 suggests 120 s; a rack wants its routes sooner).</summary>
    public TimeSpan ConnectRetryTime { get; init; } = TimeSpan.FromSeconds(5);
}
