using System.Security.Cryptography;
using System.Text;

namespace Routing.Bgp.Session.Tcp;

/// <summary>A password or key of TCP's. It compares by value and never shows itself: not in logs, status or records' own
/// text.</summary>
public sealed class TcpSecret : IEquatable<TcpSecret>
{
    /// <summary>Longest key the kernel takes (TCP_MD5SIG_MAXKEYLEN, TCP_AO_MAXKEYLEN).</summary>
    public const int MaxOctets = 80;

    private readonly byte[] _octets;

    private TcpSecret(byte[] octets) => _octets = octets;

    /// <summary>The octets, for the kernel alone.</summary>
    internal ReadOnlySpan<byte> Octets => _octets;

    /// <summary>A secret of text, as UTF-8.</summary>
    /// <returns>Null for text that is empty or longer than <see cref="MaxOctets"/>.</returns>
    public static TcpSecret? Create(string text)
    {
        var octets = Encoding.UTF8.GetBytes(text);
        return octets.Length is 0 or > MaxOctets ? null : new TcpSecret(octets);
    }

    /// <inheritdoc/>
    public bool Equals(TcpSecret? other) =>
        other is not null && CryptographicOperations.FixedTimeEquals(_octets, other._octets);

    /// <inheritdoc/>
    public override bool Equals(object? obj) => Equals(obj as TcpSecret);

    /// <inheritdoc/>
    public override int GetHashCode() => _octets.Length;

    /// <inheritdoc/>
    public override string ToString() => "(secret)";
}
