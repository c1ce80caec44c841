using Routing.Agent.Grpc.Protocol;
using Routing.Bgp.Rpki;

namespace Routing.Agent.Grpc;

/// <summary>What is known from the RPKI as a message.</summary>
internal static class RpkiTranslator
{
    /// <param name="status">The status.</param>
    /// <param name="now">The moment from which ages count.</param>
    public static RpkiReply Translate(RpkiStatus status, DateTimeOffset now)
    {
        var reply = new RpkiReply
        {
            Ipv4Vrps = (uint)status.IPv4Vrps,
            Ipv6Vrps = (uint)status.IPv6Vrps,
            Aspas = (uint)status.Aspas,
        };
        reply.Caches.AddRange(status.Caches.Select(cache => Translate(cache, now)));
        return reply;
    }

    private static RpkiCache Translate(RpkiCacheStatus status, DateTimeOffset now)
    {
        var cache = new RpkiCache
        {
            Address = status.Cache.Address.ToString(),
            Port = (uint)status.Cache.Port,
            Preference = (uint)status.Cache.Preference,
            State = status.State.ToString(),
            StateSeconds = (now - status.Since).TotalSeconds,
            Used = status.IsUsed,
            Vrps = (uint)status.Vrps,
            Aspas = (uint)status.Aspas,
            LastError = status.LastError ?? "",
        };
        if (status is { Version: { } version, SessionId: { } sessionId, Serial: { } serial, UpdatedAt: { } updatedAt })
        {
            (cache.Version, cache.SessionId, cache.Serial) = (version, sessionId, serial);
            cache.UpdatedSecondsAgo = (now - updatedAt).TotalSeconds;
        }

        return cache;
    }
}
