using System.Collections.Immutable;

namespace Routing.Bgp.Speaker;

/// <summary>Our AS is a member of a confederation (RFC 5065).</summary>
/// <param name="Identifier">The AS that the confederation is to the world.</param>
/// <param name="Members">The other member ASes.</param>
public sealed record ConfederationOptions(uint Identifier, ImmutableArray<uint> Members)
{
    /// <summary>By the members themselves.</summary>
    public bool Equals(ConfederationOptions? other) =>
        other is not null && Identifier == other.Identifier && Members.AsSpan().SequenceEqual(other.Members.AsSpan());

    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(Identifier, Members.Length);
}
