namespace Routing.Bgp.Fsm;

/// <summary>How long a session that failed stays in Idle (RFC 4271 §8.1.1, DampPeerOscillations; the RFC leaves the
/// method to us): doubling from a second, with jitter, so that two speakers that keep hurting each other slow down and
/// many that failed together do not come back together.</summary>
internal static class IdleHoldBackoff
{
    private static readonly TimeSpan First = TimeSpan.FromSeconds(1);

    /// <summary>Longest stay after errors in the protocol.</summary>
    public static TimeSpan Longest { get; } = TimeSpan.FromMinutes(2);

    /// <summary>The length of the stay.</summary>
    /// <param name="failures">Failures in a row, this one included.</param>
    /// <param name="ceiling">Longest stay: the connect retry time where nothing but TCP failed, else
    /// <see cref="Longest"/>.</param>
    /// <param name="random">From 0 up to 1; takes off up to a quarter, as RFC 4271 §10 does for its timers.</param>
    public static TimeSpan Next(int failures, TimeSpan ceiling, double random)
    {
        var doublings = Math.Clamp(failures - 1, 0, 16);
        var full = First * (1 << doublings);
        return (full < ceiling ? full : ceiling) * Jitter(random);
    }

    /// <summary>RFC 4271 §10: a factor from 0.75 to 1.0 for every timer whose firing together would hurt.</summary>
    public static double Jitter(double random) => 1 - (0.25 * random);
}
