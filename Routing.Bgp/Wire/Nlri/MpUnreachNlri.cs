using Routing.Bgp.Wire.Iana;

namespace Routing.Bgp.Wire.Nlri;

/// <summary>The value of MP_UNREACH_NLRI (RFC 4760 §4), where it stands in the receive buffer.</summary>
/// <param name="family">May be one this speaker does not know.</param>
/// <param name="nlri">Prefixes, not looked into; none is the End-of-RIB of the family (RFC 4724 §2).</param>
internal readonly ref struct MpUnreachNlri(AfiSafi family, ReadOnlySpan<byte> nlri)
{
    public AfiSafi Family { get; } = family;

    public ReadOnlySpan<byte> Nlri { get; } = nlri;

    /// <summary>Splits the value.</summary>
    /// <returns>False when it is too short for a family.</returns>
    public static bool TryRead(ReadOnlySpan<byte> value, out MpUnreachNlri unreach)
    {
        var reader = new WireReader(value);
        if (reader.TryReadUInt16(out var afi) && reader.TryReadByte(out var safi))
        {
            unreach = new MpUnreachNlri(AfiSafis.Create(afi, safi), reader.Rest);
            return true;
        }

        unreach = default;
        return false;
    }
}
