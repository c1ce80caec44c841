using Routing.Bgp.Wire.Iana;

namespace Routing.Bgp.Wire.Capabilities;

/// <summary>The speaker's real AS number, and that it writes all of them with four octets (RFC 6793 §3).</summary>
internal sealed record FourOctetAsnCapability(uint Asn) : Capability(CapabilityCode.FourOctetAsn)
{
    /// <summary>Null when the value is not four octets.</summary>
    public static FourOctetAsnCapability? Decode(WireReader value) =>
        value.TryReadUInt32(out var asn) && value.IsEmpty ? new FourOctetAsnCapability(asn) : null;

    /// <inheritdoc/>
    protected override void EncodeValue(ref WireWriter writer) => writer.WriteUInt32(Asn);
}
