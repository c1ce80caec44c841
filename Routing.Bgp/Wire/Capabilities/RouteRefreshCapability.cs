using Routing.Bgp.Wire.Iana;

namespace Routing.Bgp.Wire.Capabilities;

/// <summary>The speaker answers ROUTE-REFRESH (RFC 2918 §2).</summary>
internal sealed record RouteRefreshCapability() : Capability(CapabilityCode.RouteRefresh)
{
    /// <summary>Null when there is a value, which there must not be.</summary>
    public static RouteRefreshCapability? Decode(WireReader value) =>
        value.IsEmpty ? new RouteRefreshCapability() : null;

    /// <inheritdoc/>
    protected override void EncodeValue(ref WireWriter writer)
    {
    }
}
