using System.Collections.Frozen;
using System.Collections.Immutable;
using System.Runtime.InteropServices;

namespace Routing.Bgp.Rpki;

/// <summary>The providers of all ASes that have said theirs. Immutable: a change makes another table.</summary>
internal sealed class AspaTable
{
    /// <summary>Nothing is known.</summary>
    public static readonly AspaTable Empty = new(FrozenDictionary<uint, ImmutableArray<uint>>.Empty);

    private readonly FrozenDictionary<uint, ImmutableArray<uint>> _providers;

    private AspaTable(FrozenDictionary<uint, ImmutableArray<uint>> providers) => _providers = providers;

    /// <summary>ASes that have said their providers.</summary>
    public int Count => _providers.Count;

    /// <summary>A table of payloads. Those of one customer from several sources count together, as several objects of one
    /// do (draft-ietf-sidrops-aspa-verification §4).</summary>
    public static AspaTable Create(IEnumerable<Aspa> payloads) => new(payloads
        .GroupBy(payload => payload.Customer)
        .ToFrozenDictionary(
            group => group.Key,
            group => Aspa.Create(group.Key, group.SelectMany(payload => payload.Providers)).Providers));

    /// <summary>Is one AS a provider of another? (draft-ietf-sidrops-aspa-verification §5)</summary>
    public ProviderAuthorization Authorization(uint customer, uint provider) =>
        !_providers.TryGetValue(customer, out var providers) ? ProviderAuthorization.NoAttestation
        : ImmutableCollectionsMarshal.AsArray(providers).AsSpan().BinarySearch(provider) >= 0 ? ProviderAuthorization.Provider
        : ProviderAuthorization.NotProvider;

    /// <summary>True when both say the same.</summary>
    public bool HasSameAs(AspaTable other) => Count == other.Count && _providers.All(entry =>
        other._providers.TryGetValue(entry.Key, out var providers) && providers.AsSpan().SequenceEqual(entry.Value.AsSpan()));
}
