using Routing.Bgp.Speaker;

namespace Routing.Agent.BgpConfig;

/// <summary>Reads how routes survive a session.</summary>
internal static class RestartReader
{
    private static readonly TimeSpan LongestRestart = TimeSpan.FromSeconds(4095);
    private static readonly TimeSpan LongestStale = TimeSpan.FromSeconds(0xFFFFFF);

    /// <summary>Reads the fields.</summary>
    public static RestartOptions Read(FieldReader spec)
    {
        var defaults = new RestartOptions();
        return new RestartOptions
        {
            RestartTime = spec.Duration(
                "maxRestartTime", TimeSpan.Zero, LongestRestart, "0s (no graceful restart) to 4095s (RFC 4724 §3)"),
            Notification = spec.Boolean("notificationRestart") ?? defaults.Notification,
            LongLivedStaleTime = spec.Duration(
                "longLivedStaleTime", TimeSpan.Zero, LongestStale, "0s (not at all) to 16777215s (RFC 9494 §3.1)")
                ?? defaults.LongLivedStaleTime,
            LongLivedToAll = spec.Boolean("longLivedToAll") ?? defaults.LongLivedToAll,
            StalePathTime = spec.Duration(
                "stalePathTime", TimeSpan.FromSeconds(1), TimeSpan.FromHours(1), "1s to 1h") ?? defaults.StalePathTime,
        };
    }
}
