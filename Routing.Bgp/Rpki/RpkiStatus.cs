using System.Collections.Immutable;

namespace Routing.Bgp.Rpki;

/// <summary>What is known from the RPKI, for operators.</summary>
public sealed record RpkiStatus
{
    /// <summary>The caches as configured.</summary>
    public ImmutableArray<RpkiCacheStatus> Caches { get; init; } = [];

    /// <summary>ROA payloads of IPv4 that count, from all sources.</summary>
    public int IPv4Vrps { get; init; }

    /// <summary>ROA payloads of IPv6 that count.</summary>
    public int IPv6Vrps { get; init; }

    /// <summary>ASes whose providers are known.</summary>
    public int Aspas { get; init; }
}
