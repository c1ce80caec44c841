using Routing.Bgp.Speaker;
using Routing.Bgp.Wire.Iana;

namespace Routing.Agent.BgpConfig;

/// <summary>Reads what we and a neighbour in another AS are to each other.</summary>
internal static class RelationReader
{
    private static readonly Dictionary<string, PeerRole> Roles =
        Enum.GetValues<PeerRole>().ToDictionary(role => role.ToString());

    /// <summary>Reads the fields.</summary>
    public static RelationOptions Read(FieldReader spec)
    {
        var options = new RelationOptions
        {
            Role = spec.Word("role", Roles),
            StrictRole = spec.Boolean("strictRole") ?? false,
            RouteServerClient = spec.Boolean("routeServerClient") ?? false,
        };
        if (options.StrictRole && !spec.Has("role"))
        {
            spec.Report("strictRole", "true", "nothing without role, which says what we are to the neighbour");
        }

        if (options is { RouteServerClient: true, Role: not null and not PeerRole.RouteServer })
        {
            spec.Report("role", $"{options.Role}", "RouteServer towards a routeServerClient (RFC 9234 §4.1)");
        }

        return options;
    }
}
