using Routing.Bgp.Wire.Iana;

namespace Routing.Bgp.Wire.Capabilities;

/// <summary>A family the speaker exchanges routes of (RFC 4760 §8); one capability for each.</summary>
internal sealed record MultiprotocolCapability(AfiSafi Family) : Capability(CapabilityCode.Multiprotocol)
{
    /// <summary>AFI, a reserved octet that is ignored, SAFI; null when it is not those four octets.</summary>
    public static MultiprotocolCapability? Decode(WireReader value) =>
        value.TryReadUInt16(out var afi) && value.TryReadByte(out _) && value.TryReadByte(out var safi) && value.IsEmpty
            ? new MultiprotocolCapability(AfiSafis.Create(afi, safi))
            : null;

    /// <inheritdoc/>
    protected override void EncodeValue(ref WireWriter writer)
    {
        writer.WriteUInt16(Family.Afi());
        writer.WriteByte(0); // reserved
        writer.WriteByte(Family.Safi());
    }
}
