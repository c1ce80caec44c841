namespace Routing.Bgp.Rpki.Rtr;

/// <summary>The times of a session with a cache (RFC 8210 §6).</summary>
/// <param name="Refresh">From one set of data to the next query.</param>
/// <param name="Retry">From a query that failed to the next.</param>
/// <param name="Expire">How long data may be used without a query that succeeded.</param>
internal readonly record struct RtrIntervals(TimeSpan Refresh, TimeSpan Retry, TimeSpan Expire)
{
    /// <summary>RFC 8210 §6, recommended.</summary>
    public static readonly RtrIntervals Default = From(3600, 600, 7200);

    /// <summary>What a cache asks for, within the bounds of RFC 8210 §6, whatever it says.</summary>
    public static RtrIntervals Bounded(uint refresh, uint retry, uint expire)
    {
        refresh = Math.Clamp(refresh, 1, 86_400);
        retry = Math.Clamp(retry, 1, 7200);

        // "The expire interval MUST be larger than the largest of the refresh and retry intervals."
        return From(refresh, retry, Math.Max(Math.Clamp(expire, 600, 172_800), Math.Max(refresh, retry) + 1));
    }

    private static RtrIntervals From(uint refresh, uint retry, uint expire) =>
        new(TimeSpan.FromSeconds(refresh), TimeSpan.FromSeconds(retry), TimeSpan.FromSeconds(expire));
}
