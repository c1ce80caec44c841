using Routing.Bgp.Wire.Iana;

namespace Routing.Bgp.Wire.Nlri;

/// <summary>The value of MP_REACH_NLRI (RFC 4760 §3), where it stands in the receive buffer.</summary>
/// <param name="family">May be one this speaker does not know; then only the lengths mean anything.</param>
/// <param name="nextHop">Next hop address or addresses.</param>
/// <param name="nlri">Prefixes, not looked into.</param>
internal readonly ref struct MpReachNlri(AfiSafi family, ReadOnlySpan<byte> nextHop, ReadOnlySpan<byte> nlri)
{
    public AfiSafi Family { get; } = family;

    public ReadOnlySpan<byte> NextHop { get; } = nextHop;

    public ReadOnlySpan<byte> Nlri { get; } = nlri;

    /// <summary>Splits the value; the reserved octet is ignored.</summary>
    /// <returns>False when it is too short for its own lengths.</returns>
    public static bool TryRead(ReadOnlySpan<byte> value, out MpReachNlri reach)
    {
        var reader = new WireReader(value);
        if (reader.TryReadUInt16(out var afi) && reader.TryReadByte(out var safi)
            && reader.TryReadByte(out var nextHopLength) && reader.TryReadOctets(nextHopLength, out var nextHop)
            && reader.TryReadByte(out _))
        {
            reach = new MpReachNlri(AfiSafis.Create(afi, safi), nextHop, reader.Rest);
            return true;
        }

        reach = default;
        return false;
    }
}
