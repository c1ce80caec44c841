using Routing.Bgp.Wire.Nlri;

namespace Routing.Bgp.Rib.NextHops;

/// <summary>Interior routes by prefix, the cheapest of each. Whoever it is given to owns it.</summary>
internal sealed class InteriorRoutes
{
    private readonly Dictionary<Prefix, InteriorRoute> _routes = [];

    public InteriorRoutes(IEnumerable<InteriorRoute> routes)
    {
        foreach (var route in routes)
        {
            if (!_routes.TryGetValue(route.Prefix, out var known) || route.Cost < known.Cost)
            {
                _routes[route.Prefix] = route;
            }
        }
    }

    /// <summary>Another route, or none any more.</summary>
    public void Change(in InteriorRouteChange change)
    {
        if (change.Route is { } route)
        {
            _routes[change.Prefix] = route;
        }
        else
        {
            _routes.Remove(change.Prefix);
        }
    }

    /// <summary>The route to exactly this prefix, or null.</summary>
    public InteriorRoute? Find(Prefix prefix) => _routes.GetValueOrDefault(prefix);
}
