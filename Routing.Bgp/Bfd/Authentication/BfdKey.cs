using System.Security.Cryptography;
using System.Text;

namespace Routing.Bgp.Bfd.Authentication;

/// <summary>A password or key with its number (RFC 5880 §6.7). It compares by value and never shows its octets: not in logs,
/// status or records' own text.</summary>
public sealed class BfdKey : IEquatable<BfdKey>
{
    private readonly byte[] _octets;

    private BfdKey(byte id, byte[] octets) => (Id, _octets) = (id, octets);

    /// <summary>Auth Key ID: by which number the other side knows it.</summary>
    public byte Id { get; }

    /// <summary>Its octets.</summary>
    internal ReadOnlySpan<byte> Octets => _octets;

    /// <summary>Most octets of a key (RFC 5880 §4.2 to §4.4): as many as a SHA1 hash has, 16 for the other types.</summary>
    public static int MostOctets(BfdAuthenticationType type) =>
        type is BfdAuthenticationType.KeyedSha1 or BfdAuthenticationType.MeticulousKeyedSha1 ? SHA1.HashSizeInBytes : 16;

    /// <summary>A key of text, as UTF-8.</summary>
    /// <returns>Null for text that is empty or longer than <see cref="MostOctets"/>.</returns>
    public static BfdKey? Create(byte id, string text, BfdAuthenticationType type)
    {
        var octets = Encoding.UTF8.GetBytes(text);
        return octets.Length == 0 || octets.Length > MostOctets(type) ? null : new BfdKey(id, octets);
    }

    /// <inheritdoc/>
    public bool Equals(BfdKey? other) =>
        other is not null && Id == other.Id && CryptographicOperations.FixedTimeEquals(_octets, other._octets);

    /// <inheritdoc/>
    public override bool Equals(object? obj) => Equals(obj as BfdKey);

    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(Id, _octets.Length);

    /// <inheritdoc/>
    public override string ToString() => $"{Id} (secret)";
}
