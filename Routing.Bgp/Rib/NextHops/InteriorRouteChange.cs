using Routing.Bgp.Wire.Nlri;

namespace Routing.Bgp.Rib.NextHops;

/// <summary>What leads to a prefix besides BGP has changed.</summary>
/// <param name="Prefix">The prefix.</param>
/// <param name="Route">The cheapest route to it now; null when there is none any more.</param>
public readonly record struct InteriorRouteChange(Prefix Prefix, InteriorRoute? Route);
