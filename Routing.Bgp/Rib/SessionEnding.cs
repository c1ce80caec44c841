namespace Routing.Bgp.Rib;

/// <summary>Why a session ended, as monitoring stations are told.</summary>
/// <param name="Kind">Who ended it.</param>
/// <param name="Notification">The whole NOTIFICATION, sent or received; empty without one.</param>
/// <param name="FsmEvent">The event of RFC 4271 §8.1 that ended it, where we did without a NOTIFICATION.</param>
internal sealed record SessionEnding(
    SessionEndingKind Kind, ReadOnlyMemory<byte> Notification = default, ushort FsmEvent = 0)
{
    /// <summary>Nothing more is known.</summary>
    public static SessionEnding Lost { get; } = new(SessionEndingKind.RemoteWithoutNotification);
}
