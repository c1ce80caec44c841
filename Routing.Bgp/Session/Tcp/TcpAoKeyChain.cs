using System.Collections.Immutable;

namespace Routing.Bgp.Session.Tcp;

/// <summary>The TCP-AO keys of a neighbour; compared by value. The first is the one we sign with and ask the neighbour to sign
/// with (RFC 5925 §7.5.2, RNextKeyID); the others are accepted, which is what a rollover needs.</summary>
/// <param name="Keys">Each SendId and each ReceiveId once.</param>
public sealed record TcpAoKeyChain(ImmutableArray<TcpAoKey> Keys)
{
    /// <summary>No keys: TCP-AO is not used.</summary>
    public static TcpAoKeyChain None { get; } = new([]);

    /// <inheritdoc/>
    public bool Equals(TcpAoKeyChain? other) => other is not null && Keys.SequenceEqual(other.Keys);

    /// <inheritdoc/>
    public override int GetHashCode() => Keys.Length;
}
