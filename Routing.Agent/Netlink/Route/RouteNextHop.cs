using System.Net;

namespace Routing.Agent.Netlink.Route;

/// <summary>One way of a route.</summary>
/// <param name="Gateway">The next router, or null for a directly connected destination.</param>
/// <param name="IfIndex">Outgoing interface; null lets the kernel resolve it from the gateway.</param>
/// <param name="Weight">Share among the route's ways, 1 to 256.</param>
/// <param name="OnLink">RTNH_F_ONLINK: believe that the gateway is on the interface though no route says so.</param>
public sealed record RouteNextHop(IPAddress? Gateway, int? IfIndex = null, int Weight = 1, bool OnLink = false)
{
    /// <summary>As `ip route` would write it.</summary>
    public override string ToString() =>
        string.Join(' ', new[] { Gateway is null ? null : $"via {Gateway}", IfIndex is null ? null : $"dev #{IfIndex}" }
            .OfType<string>());
}
