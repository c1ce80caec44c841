namespace Routing.Bgp.Speaker.Drain;

/// <summary>How far a drain has come.</summary>
public enum DrainStage
{
    /// <summary>The neighbours are being told all routes again, with GRACEFUL_SHUTDOWN (RFC 8326 §4.2).</summary>
    Telling,

    /// <summary>They have been told; now they and we move to other paths.</summary>
    Waiting,

    /// <summary>All that can be seen has moved.</summary>
    Moved,

    /// <summary>Something has not moved, and nothing has for the settle time: it has nowhere to go.</summary>
    Settled,

    /// <summary>The time is over.</summary>
    TimedOut,
}
