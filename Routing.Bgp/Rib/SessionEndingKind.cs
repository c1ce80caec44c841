namespace Routing.Bgp.Rib;

/// <summary>Who ended a session and how; the values are BMP's (RFC 7854 §4.9).</summary>
internal enum SessionEndingKind : byte
{
    /// <summary>We did, with a NOTIFICATION.</summary>
    LocalWithNotification = 1,

    /// <summary>We did, without one.</summary>
    LocalWithoutNotification = 2,

    /// <summary>The peer did, with a NOTIFICATION.</summary>
    RemoteWithNotification = 3,

    /// <summary>The connection ended without one.</summary>
    RemoteWithoutNotification = 4,
}
