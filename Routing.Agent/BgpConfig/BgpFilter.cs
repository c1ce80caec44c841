using Routing.Bgp.RoutePolicy;

namespace Routing.Agent.BgpConfig;

/// <summary>A BGPFilter: the rules of both families in one list for each direction. A rule of one family never matches a
/// prefix of the other.</summary>
/// <param name="Name">metadata.name.</param>
/// <param name="Import">importV4 and importV6.</param>
/// <param name="Export">exportV4 and exportV6.</param>
internal sealed record BgpFilter(string Name, RouteFilter Import, RouteFilter Export);
