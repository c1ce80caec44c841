using System.Collections.Immutable;

namespace Routing.Bgp.Bfd.Authentication;

/// <summary>What a session's packets are signed with (RFC 5880 §6.7). Both sides need the same type; a packet without it, with
/// another, or that does not verify is thrown away.</summary>
/// <param name="Type">The type.</param>
/// <param name="Keys">At least one. The first signs; the neighbour may sign with any, so that keys can be replaced without the
/// session going down: add the new one on both sides, put it first on both, take the old one out.</param>
public sealed record BfdAuthenticationOptions(BfdAuthenticationType Type, ImmutableArray<BfdKey> Keys)
{
    /// <summary>By value.</summary>
    public bool Equals(BfdAuthenticationOptions? other) =>
        other is not null && Type == other.Type && Keys.AsSpan().SequenceEqual(other.Keys.AsSpan());

    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(Type, Keys.Length);
}
