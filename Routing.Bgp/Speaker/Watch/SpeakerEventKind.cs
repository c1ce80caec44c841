namespace Routing.Bgp.Speaker.Watch;

/// <summary>What a <see cref="SpeakerEvent"/> says.</summary>
public enum SpeakerEventKind
{
    /// <summary>A session entered another state; one for each neighbour comes first.</summary>
    State,

    /// <summary>A route was announced.</summary>
    Announce,

    /// <summary>A route was withdrawn, by the neighbour or for an error in its UPDATE (RFC 7606 §2).</summary>
    Withdraw,

    /// <summary>The neighbour has sent all it had (RFC 4724 §2).</summary>
    EndOfRib,

    /// <summary>The neighbour wants our routes again (RFC 2918).</summary>
    RouteRefresh,

    /// <summary>The neighbour sent a NOTIFICATION.</summary>
    Notification,

    /// <summary>An UPDATE had an error.</summary>
    UpdateError,

    /// <summary>The watcher was too slow: what stood here is lost, and only the count is known.</summary>
    Lost,
}
