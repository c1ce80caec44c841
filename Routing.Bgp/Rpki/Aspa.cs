using System.Collections.Immutable;

namespace Routing.Bgp.Rpki;

/// <summary>A validated ASPA payload: the providers of an AS (draft-ietf-sidrops-aspa-verification §2).</summary>
/// <param name="Customer">The AS.</param>
/// <param name="Providers">Who may pass its routes upwards, ascending; AS 0 alone says that nobody may.</param>
public sealed record Aspa(uint Customer, ImmutableArray<uint> Providers)
{
    /// <inheritdoc/>
    public bool Equals(Aspa? other) =>
        other is not null && Customer == other.Customer && Providers.AsSpan().SequenceEqual(other.Providers.AsSpan());

    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(Customer, Providers.Length);

    /// <summary>With the providers in order and each once.</summary>
    public static Aspa Create(uint customer, IEnumerable<uint> providers) =>
        new(customer, [.. providers.Distinct().Order()]);
}
