namespace Routing.Bgp.Session;

/// <summary>Messages that went one way over a peer's connections, by type (RFC 4271 §4.1, RFC 2918 §3).</summary>
/// <param name="Open">OPEN.</param>
/// <param name="Update">UPDATE.</param>
/// <param name="Notification">NOTIFICATION.</param>
/// <param name="Keepalive">KEEPALIVE.</param>
/// <param name="RouteRefresh">ROUTE-REFRESH.</param>
public readonly record struct MessageCounts(
    long Open, long Update, long Notification, long Keepalive, long RouteRefresh)
{
    /// <summary>All of them.</summary>
    public long Total => Open + Update + Notification + Keepalive + RouteRefresh;
}
