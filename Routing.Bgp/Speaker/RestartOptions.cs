namespace Routing.Bgp.Speaker;

/// <summary>How routes survive a session with a neighbour.</summary>
public sealed record RestartOptions
{
    /// <summary>Restart time to announce (RFC 4724 §3); the speaker's own when null, zero for no graceful restart.</summary>
    public TimeSpan? RestartTime { get; init; }

    /// <summary>Routes survive also a NOTIFICATION and an expired hold timer, when the neighbour agrees (RFC 8538).</summary>
    public bool Notification { get; init; } = true;

    /// <summary>How long routes are kept past the restart time as the least preferred ones, ours by the neighbour and its by
    /// us, whichever is shorter (RFC 9494); zero for not at all.</summary>
    public TimeSpan LongLivedStaleTime { get; init; }

    /// <summary>A neighbour inside our AS that does not know of such routes is told them as the last choice, with NO_EXPORT:
    /// for the time in which only some routers have been upgraded (RFC 9494 §4.6).</summary>
    public bool LongLivedToAll { get; init; }

    /// <summary>Longest wait for End-of-RIB from a neighbour that is back (RFC 4724 §4.2 leaves the length to us).</summary>
    public TimeSpan StalePathTime { get; init; } = TimeSpan.FromMinutes(6);
}
