using Routing.Bgp.Wire.Nlri;

namespace Routing.Bgp.Rpki;

/// <summary>A validated ROA payload (RFC 6811 §2): the AS may originate the prefix, and what lies inside it up to a
/// length.</summary>
/// <param name="Prefix">The prefix.</param>
/// <param name="MaxLength">Longest prefix inside it that is authorized.</param>
/// <param name="Asn">The AS; 0 authorizes nobody (RFC 6483 §4).</param>
public readonly record struct Vrp(Prefix Prefix, byte MaxLength, uint Asn) : IComparable<Vrp>
{
    /// <inheritdoc/>
    public int CompareTo(Vrp other)
    {
        var byPrefix = Prefix.CompareTo(other.Prefix);
        if (byPrefix != 0)
        {
            return byPrefix;
        }

        var byAsn = Asn.CompareTo(other.Asn);
        return byAsn != 0 ? byAsn : MaxLength.CompareTo(other.MaxLength);
    }

    /// <inheritdoc/>
    public override string ToString() => $"{Prefix}-{MaxLength} AS {Asn}";
}
