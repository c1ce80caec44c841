using Routing.Bgp.Wire.Iana;

namespace Routing.Bgp.Wire.Capabilities;

/// <summary>What the speaker is to its peer (RFC 9234 §4.1).</summary>
internal sealed record RoleCapability(PeerRole Role) : Capability(CapabilityCode.Role)
{
    /// <summary>Null when the value is not one octet; a role may be one that this speaker does not know.</summary>
    public static RoleCapability? Decode(WireReader value) =>
        value.TryReadByte(out var role) && value.IsEmpty ? new RoleCapability((PeerRole)role) : null;

    /// <inheritdoc/>
    protected override void EncodeValue(ref WireWriter writer) => writer.WriteByte((byte)Role);
}
