using Routing.Bgp.Wire.Capabilities;
using Routing.Bgp.Wire.Iana;

namespace Routing.Bgp.Speaker;

/// <summary>Capabilities of an OPEN as operators read them.</summary>
internal static class CapabilityText
{
    /// <summary>A few words, the same for the same capability.</summary>
    public static string Describe(Capability capability) => capability switch
    {
        MultiprotocolCapability { Family: AfiSafi.IPv4Unicast } => "ipv4 unicast",
        MultiprotocolCapability { Family: AfiSafi.IPv6Unicast } => "ipv6 unicast",
        MultiprotocolCapability other => $"AFI {other.Family.Afi()} SAFI {other.Family.Safi()}",
        RouteRefreshCapability => "route refresh",
        RoleCapability role => $"role {role.Role}",
        ExtendedNextHopCapability => "IPv4 over IPv6 next hops",
        ExtendedMessageCapability => "extended messages",
        EnhancedRouteRefreshCapability => "enhanced route refresh",
        OutboundFilterCapability => "outbound route filters",
        FourOctetAsnCapability => "four-octet AS numbers",
        GracefulRestartCapability { Families.IsEmpty: true } => "End-of-RIB",
        GracefulRestartCapability { Notification: true } => "graceful restart, also after a NOTIFICATION",
        GracefulRestartCapability => "graceful restart",
        LongLivedRestartCapability => "long-lived graceful restart",
        AddPathCapability { Families.IsEmpty: false } => "several paths",
        UnknownCapability unknown => $"capability {(byte)unknown.Code}",
        _ => capability.Code.ToString(),
    };
}
