using Routing.Bgp.Wire.Iana;

namespace Routing.Bgp.Wire.Capabilities;

/// <summary>The speaker takes messages of up to 65,535 octets (RFC 8654 §3).</summary>
internal sealed record ExtendedMessageCapability() : Capability(CapabilityCode.ExtendedMessage)
{
    /// <summary>Null when there is a value, which there must not be.</summary>
    public static ExtendedMessageCapability? Decode(WireReader value) =>
        value.IsEmpty ? new ExtendedMessageCapability() : null;

    /// <inheritdoc/>
    protected override void EncodeValue(ref WireWriter writer)
    {
    }
}
