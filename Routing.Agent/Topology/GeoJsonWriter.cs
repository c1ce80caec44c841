using System.Text.Json;
using NetTopologySuite.Features;
using NetTopologySuite.Geometries;
using NetTopologySuite.IO.Converters;

namespace Routing.Agent.Topology;

/// <summary>The graph as GeoJSON (RFC 7946): sites as points, sessions as lines, for any map tool.</summary>
internal static class GeoJsonWriter
{
    private static readonly JsonSerializerOptions Options = new()
    {
        WriteIndented = true,
        Converters = { new GeoJsonConverterFactory() },
    };

    /// <param name="graph">The graph.</param>
    /// <param name="places">Where its sites are. A site without a place, and its sessions, are left out.</param>
    public static string Write(TopologyGraph graph, IReadOnlyDictionary<string, SiteLocation> places)
    {
        var features = new FeatureCollection();
        foreach (var site in graph.Sites.Where(site => places.ContainsKey(site.Name)))
        {
            features.Add(new Feature(new Point(At(places[site.Name])), new AttributesTable
            {
                { "kind", site.IsRouter ? "router" : "node" },
                { "name", site.Name },
                { "asn", (long)site.Asn },
            }));
        }

        foreach (var session in graph.Sessions)
        {
            if (places.TryGetValue(session.Node, out var from) && places.TryGetValue(session.Router, out var to))
            {
                features.Add(new Feature(new LineString([At(from), At(to)]), new AttributesTable
                {
                    { "kind", "session" },
                    { "name", session.Name },
                    { "node", session.Node },
                    { "router", session.Router },
                    { "address", session.Address },
                    { "state", session.State },
                }));
            }
        }

        return JsonSerializer.Serialize(features, Options);
    }

    /// <summary>RFC 7946 §3.1.1: longitude first.</summary>
    private static Coordinate At(SiteLocation place) => new(place.Longitude, place.Latitude);
}
