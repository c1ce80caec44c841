using System.Text.Json;
using System.Xml.Linq;
using NetTopologySuite.Features;
using NetTopologySuite.Geometries;
using NetTopologySuite.IO.Converters;
using Routing.Agent.Grpc.Protocol;
using Routing.Agent.Topology;

namespace Routing.Tests.Agent.Topology;

public sealed class TopologyTests
{
    private static readonly JsonSerializerOptions GeoJson = new() { Converters = { new GeoJsonConverterFactory() } };

    [Test]
    public void Views_of_two_agents_become_one_graph_with_each_ones_states()
    {
        var graph = TopologyGraphBuilder.Build([View("node-1"), View("node-2")]);
        Assert.That(graph.Sites.Select(site => site.Name),
            Is.EqualTo(new[] { "AS65000 50.1,8.6", "node-1", "node-2" }));
        Assert.That(graph.Sessions.Select(session => $"{session.Node} {session.Address} {session.State}"),
            Is.EqualTo(new[]
        {
            "node-1 172.30.1.1 Established",
            "node-2 172.30.2.1 Established",
        }));
        var one = TopologyGraphBuilder.Build([View("node-1")]);
        Assert.That(one.Sessions[1].State, Is.EqualTo("Unknown"), "node-2's own agent was not asked");
    }

    [Test]
    public void Routers_without_a_place_are_told_apart_by_address()
    {
        var view = View("node-1");
        foreach (var peer in view.Peers)
        {
            peer.Location = "";
        }

        Assert.That(TopologyGraphBuilder.Build([view]).Sites.Count(site => site.IsRouter), Is.EqualTo(2));
    }

    [Test]
    public void GeoJson_reads_back_as_points_and_lines_longitude_first()
    {
        var graph = TopologyGraphBuilder.Build([View("node-1")]);
        var places = graph.Sites.ToDictionary(site => site.Name, Place);
        var features = JsonSerializer.Deserialize<FeatureCollection>(GeoJsonWriter.Write(graph, places), GeoJson)!;
        Assert.That(features.Select(feature => feature.Attributes["kind"]), Is.EqualTo(
            new[] { "router", "node", "node", "session", "session" }));
        var node = features.Single(feature => (string)feature.Attributes["name"] == "node-1");
        Assert.That(((Point)node.Geometry).Coordinate, Is.EqualTo(new Coordinate(13.405, 52.52)));
        var session = features.First(feature => (string)feature.Attributes["kind"] == "session");
        Assert.That(((LineString)session.Geometry).Coordinates, Is.EqualTo(
            new[] { new Coordinate(13.405, 52.52), new Coordinate(8.6, 50.1) }));
        Assert.That(session.Attributes["state"], Is.EqualTo("Established"));
        Assert.That(session.Attributes["router"], Is.EqualTo("AS65000 50.1,8.6"));
    }

    [Test]
    public void A_site_without_a_place_is_left_out_of_the_map_with_its_sessions()
    {
        var graph = TopologyGraphBuilder.Build([View("node-1")]);
        var places = graph.Sites.Where(site => site.Name != "node-2").ToDictionary(site => site.Name, Place);
        var features = JsonSerializer.Deserialize<FeatureCollection>(GeoJsonWriter.Write(graph, places), GeoJson)!;
        Assert.That(features, Has.Count.EqualTo(3));
    }

    [TestCase("52.52,13.405", 52.52, 13.405)]
    [TestCase(" -33.9 , 151.2 ", -33.9, 151.2)]
    [TestCase("90,-180", 90, -180)]
    public void A_location_is_latitude_and_longitude(string text, double latitude, double longitude)
    {
        Assert.That(SiteLocation.TryParse(text, out var place), Is.True);
        Assert.That(place, Is.EqualTo(new SiteLocation(latitude, longitude)));
    }

    [TestCase("")]
    [TestCase("52.52")]
    [TestCase("52,5,13,4")]
    [TestCase("91,0")]
    [TestCase("0,181")]
    [TestCase("NaN,0")]
    [TestCase("1e1,0")]
    [TestCase("north,east")]
    public void Anything_else_is_no_location(string text) => Assert.That(SiteLocation.TryParse(text, out _), Is.False);

    [Test]
    public void Dot_quotes_names_and_colours_states()
    {
        var view = View("node-1");
        view.Nodes[0].Name = "a \"b\"";
        var dot = DotWriter.Write(TopologyGraphBuilder.Build([view]));
        Assert.That(dot, Does.StartWith("graph topology {").And.Contain("\"a \\\"b\\\"\"").And.Contain("color=green")
            .And.Contain("color=gray").And.EndWith("}\n"));
    }

    [Test]
    public void Svg_is_well_formed_and_has_a_line_for_each_session()
    {
        XNamespace svg = "http://www.w3.org/2000/svg";
        var picture = XDocument.Parse(SvgWriter.Write(TopologyGraphBuilder.Build([View("node-1"), View("node-2")])));
        Assert.That(picture.Descendants(svg + "line").Select(line => line.Attribute("stroke")!.Value),
            Is.EqualTo(new[] { "green", "green" }));
        Assert.That(picture.Descendants(svg + "rect").Count(), Is.EqualTo(3));
    }

    private static SiteLocation Place(TopologySite site) =>
        SiteLocation.TryParse(site.Location, out var place) ? place : throw new AssertionException(site.Location);

    private static TopologyReply View(string by)
    {
        var view = new TopologyReply { Node = by };
        view.Nodes.Add(new TopologyNode { Name = "node-1", Location = "52.52,13.405", Asn = 65001 });
        view.Nodes.Add(new TopologyNode { Name = "node-2", Location = "48.85,2.35", Asn = 65002 });
        foreach (var (node, address) in new[] { ("node-1", "172.30.1.1"), ("node-2", "172.30.2.1") })
        {
            view.Peers.Add(new TopologyPeer
            {
                Name = $"{node}-tor",
                Node = node,
                Address = address,
                Asn = 65000,
                Location = "50.1,8.6",
                State = node == by ? "Established" : "",
            });
        }

        return view;
    }
}
