using System.Collections.Immutable;

namespace Routing.Bgp.Rpki;

/// <summary>Where knowledge of the RPKI comes from. Nothing here rejects a route: a policy does.</summary>
public sealed record RpkiOptions
{
    /// <summary>Caches to ask.</summary>
    public ImmutableArray<RpkiCacheOptions> Caches { get; init; } = [];

    /// <summary>ROA payloads of our own, beside those of the caches.</summary>
    public ImmutableArray<Vrp> Roas { get; init; } = [];

    /// <summary>ASPA payloads of our own.</summary>
    public ImmutableArray<Aspa> Aspas { get; init; } = [];

    /// <inheritdoc/>
    public bool Equals(RpkiOptions? other) => other is not null && Caches.AsSpan().SequenceEqual(other.Caches.AsSpan())
        && Roas.AsSpan().SequenceEqual(other.Roas.AsSpan()) && Aspas.AsSpan().SequenceEqual(other.Aspas.AsSpan());

    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(Caches.Length, Roas.Length, Aspas.Length);
}
