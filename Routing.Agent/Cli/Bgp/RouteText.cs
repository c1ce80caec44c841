using Routing.Agent.Grpc.Protocol;

namespace Routing.Agent.Cli.Bgp;

/// <summary>A path in words.</summary>
internal static class RouteText
{
    /// <summary>Where a path comes from: its peer, with the path identifier when the peer sends several.</summary>
    public static string From(RoutePath route) =>
        route.Local ? "local" : route.PathId == 0 ? route.Peer : $"{route.Peer}#{route.PathId}";

    public static string NextHop(RoutePath route) => route.NextHop.Length == 0 ? "-" : route.NextHop;

    /// <summary>Communities of all kinds.</summary>
    public static string Communities(RoutePath route) => string.Join(
        ' ', route.Communities.Concat(route.LargeCommunities).Concat(route.ExtendedCommunities));

    /// <summary>The attributes in a line, those that are there.</summary>
    public static string Attributes(RoutePath path)
    {
        var parts = new List<string> { path.AsPath.Length > 0 ? $"AS path {path.AsPath}" : "empty AS path", path.Origin };
        if (path.HasLocalPref)
        {
            parts.Add($"local preference {path.LocalPref}");
        }

        if (path.HasMultiExitDisc)
        {
            parts.Add($"MED {path.MultiExitDisc}");
        }

        if (Communities(path) is { Length: > 0 } communities)
        {
            parts.Add($"communities {communities}");
        }

        if (path.OriginatorId.Length > 0)
        {
            parts.Add($"originator {path.OriginatorId}, clusters {string.Join(' ', path.ClusterList)}");
        }

        parts.AddRange(path.OtherAttributes);
        if (path.Stale)
        {
            parts.Add("stale");
        }

        return string.Join(", ", parts);
    }
}
