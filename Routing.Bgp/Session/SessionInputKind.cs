namespace Routing.Bgp.Session;

/// <summary>What a <see cref="SessionInput"/> says.</summary>
internal enum SessionInputKind
{
    /// <summary>The wake-up timer fired; the loop looks at its timers after every input anyway.</summary>
    Tick,

    /// <summary>A link received a message, met an error or ended.</summary>
    Link,

    /// <summary>An attempt to connect succeeded.</summary>
    Connected,

    /// <summary>An attempt to connect failed.</summary>
    ConnectFailed,

    /// <summary>The listener has a connection from the peer.</summary>
    Accepted,

    /// <summary>End the session and the loop.</summary>
    Stop,

    /// <summary>End the session and begin anew.</summary>
    Reset,

    /// <summary>End the session and stay in Idle.</summary>
    Shutdown,

    /// <summary>Leave Idle after a shutdown.</summary>
    Enable,

    /// <summary>Ask the peer for its routes again.</summary>
    RequestRoutes,

    /// <summary>Sign segments with other keys.</summary>
    Keys,
}
