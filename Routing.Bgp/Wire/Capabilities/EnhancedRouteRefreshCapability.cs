using Routing.Bgp.Wire.Iana;

namespace Routing.Bgp.Wire.Capabilities;

/// <summary>The speaker says where a refresh begins and ends, and hears it (RFC 7313 §3.1).</summary>
internal sealed record EnhancedRouteRefreshCapability() : Capability(CapabilityCode.EnhancedRouteRefresh)
{
    /// <summary>Null when there is a value, which there must not be.</summary>
    public static EnhancedRouteRefreshCapability? Decode(WireReader value) =>
        value.IsEmpty ? new EnhancedRouteRefreshCapability() : null;

    /// <inheritdoc/>
    protected override void EncodeValue(ref WireWriter writer)
    {
    }
}
