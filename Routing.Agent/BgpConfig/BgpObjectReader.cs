using System.Collections.Immutable;
using System.Net;
using System.Net.Sockets;
using System.Text.Json.Nodes;
using Routing.Bgp.RoutePolicy;
using Routing.Bgp.Wire.Iana;
using Routing.Bgp.Wire.Nlri;
using Routing.Policy.Model;

namespace Routing.Agent.BgpConfig;

/// <summary>Reads BGPConfiguration, BGPPeer and BGPFilter as they come from a file or the API, and lists everything that is
/// wrong with them, each with its field, value and what is allowed.</summary>
internal static class BgpObjectReader
{
    private static readonly Dictionary<string, AfiSafi> Families = new()
    {
        ["ipv4"] = AfiSafi.IPv4Unicast,
        ["ipv6"] = AfiSafi.IPv6Unicast,
    };

    private static readonly Dictionary<string, bool> Actions = new() { ["Accept"] = true, ["Reject"] = false };

    private static readonly Dictionary<string, PrefixMatch> Operators = new()
    {
        ["Equal"] = PrefixMatch.Equal,
        ["NotEqual"] = PrefixMatch.NotEqual,
        ["In"] = PrefixMatch.In,
        ["NotIn"] = PrefixMatch.NotIn,
    };

    /// <summary>Reads a BGPConfiguration.</summary>
    /// <returns>Null when something is wrong with it.</returns>
    public static BgpConfiguration? ReadConfiguration(JsonObject source, out ImmutableArray<Problem> problems) =>
        Read(source, out problems, static (name, spec) => new BgpConfiguration
        {
            Name = name,
            Asn = spec.Asn("asNumber"),
            RouterId = spec.Identifier("routerID"),
            ListenAddresses = spec.List("listenAddresses", "an IPv4 or IPv6 address", ParseAddress) ?? [],
            ListenPort = (int?)spec.Integer("listenPort", 1, ushort.MaxValue),
            ClusterId = spec.Identifier("clusterID"),
            InstallRoutes = spec.Boolean("installRoutes") ?? false,
            Originate = [.. ReadOriginate(spec)],
            MaximumPaths = (int?)spec.Integer("maximumPaths", 1, 64),
            GracefulRestartTime = spec.Duration(
                "gracefulRestartTime", TimeSpan.Zero, TimeSpan.FromSeconds(4095), "0s to 4095s (RFC 4724 §3)"),
        });

    /// <summary>Reads a BGPPeer.</summary>
    /// <returns>Null when something is wrong with it.</returns>
    public static BgpPeer? ReadPeer(JsonObject source, out ImmutableArray<Problem> problems) =>
        Read(source, out problems, static (name, spec) =>
        {
            spec.Require("asNumber", $"the AS number of the neighbour, 1 to {uint.MaxValue}");
            var range = spec.Prefix("peerRange");
            var peer = new BgpPeer
            {
                Name = name,
                Address = spec.Address("peerIP"),
                Range = range?.ToNetwork(),
                Port = (int?)spec.Integer("peerPort", 1, ushort.MaxValue),
                Asn = spec.Asn("asNumber") ?? 0,
                Passive = spec.Boolean("passive") ?? false,
                SourceAddress = spec.Address("sourceAddress"),
                RouteReflectorClient = spec.Boolean("routeReflectorClient") ?? false,
                NextHopSelf = spec.Boolean("nextHopSelf") ?? false,
                Families = ReadFamilies(spec),
                HoldTime = ReadHoldTime(spec),
                ConnectRetryTime = spec.Duration(
                    "connectRetryTime", TimeSpan.FromSeconds(1), TimeSpan.FromHours(1), "1s to 1h"),
                Filters = spec.List<string>("filters", "the name of a BGPFilter", static text => text) ?? [],
                Node = spec.Text("node"),
                NodeSelector = ReadNodeSelector(spec),
            };
            CheckAddressing(spec, peer);
            return peer;
        });

    /// <summary>Reads a BGPFilter.</summary>
    /// <returns>Null when something is wrong with it.</returns>
    public static BgpFilter? ReadFilter(JsonObject source, out ImmutableArray<Problem> problems) =>
        Read(source, out problems, static (name, spec) => new BgpFilter(
            name,
            new RouteFilter([.. ReadRules(spec, "importV4", AfiSafi.IPv4Unicast), .. ReadRules(spec, "importV6", AfiSafi.IPv6Unicast)]),
            new RouteFilter([.. ReadRules(spec, "exportV4", AfiSafi.IPv4Unicast), .. ReadRules(spec, "exportV6", AfiSafi.IPv6Unicast)])));

    private static T? Read<T>(JsonObject source, out ImmutableArray<Problem> problems, Func<string, FieldReader, T> read)
        where T : class
    {
        var found = new List<Problem>();
        var name = (source["metadata"] as JsonObject)?["name"]?.ToString() ?? "";
        if (name.Length == 0)
        {
            found.Add(new Problem("metadata.name", "", "every object has a name"));
        }

        var isObject = source["spec"] is null or JsonObject;
        if (!isObject)
        {
            found.Add(new Problem("spec", source["spec"]!.ToJsonString(), "an object with fields of its own"));
        }

        var spec = new FieldReader(isObject ? source["spec"] as JsonObject ?? [] : [], "spec", found);
        var result = read(name, spec);
        if (isObject)
        {
            spec.End();
        }

        problems = [.. found];
        return problems.IsEmpty ? result : null;
    }

    private static List<Prefix> ReadOriginate(FieldReader spec)
    {
        var prefixes = new List<Prefix>();
        foreach (var item in spec.Objects("originate"))
        {
            item.Require("prefix", "a prefix, as in 10.1.0.0/26");
            if (item.Prefix("prefix") is { } prefix)
            {
                prefixes.Add(prefix);
            }

            item.End();
        }

        return prefixes;
    }

    private static ImmutableArray<AfiSafi>? ReadFamilies(FieldReader spec)
    {
        const string Field = "families";
        var names = spec.List<string>(Field, "ipv4 or ipv6", static text => Families.ContainsKey(text) ? text : null);
        if (names is { IsEmpty: true } && spec.Has(Field))
        {
            spec.Report(Field, "[]", "at least one of ipv4, ipv6; leave the field out for both");
        }

        return names is null ? null : [.. names.Value.Distinct().Select(name => Families[name])];
    }

    private static TimeSpan? ReadHoldTime(FieldReader spec)
    {
        const string Field = "holdTime";
        const string Allowed = "0s or 3s to 65535s (RFC 4271 §4.2)";
        var time = spec.Duration(Field, TimeSpan.Zero, TimeSpan.FromSeconds(ushort.MaxValue), Allowed);
        if (time is { TotalSeconds: 1 or 2 })
        {
            spec.Report(Field, $"{time.Value.TotalSeconds}s", Allowed);
        }

        return time;
    }

    private static NodeSelector? ReadNodeSelector(FieldReader spec)
    {
        const string Field = "nodeSelector";
        if (spec.Text(Field) is not { } text)
        {
            return null;
        }

        var selector = NodeSelector.Parse(text);
        if (selector is null)
        {
            spec.Report(Field, text, NodeSelector.Allowed);
        }

        return selector;
    }

    private static void CheckAddressing(FieldReader spec, BgpPeer peer)
    {
        if (!spec.Has("peerIP") && !spec.Has("peerRange"))
        {
            spec.Report("peerIP", "", "the address of the neighbour, or peerRange for whoever connects from inside it");
        }

        if (peer.Address is not null && peer.Range is not null)
        {
            spec.Report("peerRange", peer.Range.Value.ToString(), "either peerIP or peerRange, not both");
        }

        if (peer.Range is not null && peer.Port is { } port)
        {
            spec.Report("peerPort", $"{port}", "nothing beside peerRange: we never connect to neighbours of a range");
        }

        if (peer is { Address: { } address, SourceAddress: { } source } && address.AddressFamily != source.AddressFamily)
        {
            spec.Report("sourceAddress", $"{source}", $"an address of the same family as peerIP {address}");
        }

        if (peer.Address is { AddressFamily: AddressFamily.InterNetworkV6, IsIPv6LinkLocal: true, ScopeId: 0 } linkLocal)
        {
            spec.Report("peerIP", $"{linkLocal}", "a link-local address only with its interface, as in fe80::1%eth0");
        }
    }

    private static IEnumerable<RouteFilterRule> ReadRules(FieldReader spec, string field, AfiSafi family)
    {
        foreach (var item in spec.Objects(field))
        {
            yield return ReadRule(item, family);
            item.End();
        }
    }

    private static RouteFilterRule ReadRule(FieldReader item, AfiSafi family)
    {
        item.Require("action", "one of Accept, Reject");
        var accept = item.Word("action", Actions) ?? false;
        var match = item.Word("matchOperator", Operators);
        var cidr = item.Prefix("cidr");
        if (cidr is { } prefix && prefix.Family != family)
        {
            item.Report("cidr", $"{prefix}", family == AfiSafi.IPv4Unicast ? "an IPv4 prefix here" : "an IPv6 prefix here");
        }

        if (item.Has("cidr") != item.Has("matchOperator"))
        {
            item.Report(item.Has("cidr") ? "matchOperator" : "cidr", "", "cidr and matchOperator come together");
        }

        var width = family == AfiSafi.IPv4Unicast ? 32 : 128;
        var lengths = item.Object("prefixLength");
        var (min, max) = ((int?)lengths?.Integer("min", 0, width), (int?)lengths?.Integer("max", 0, width));
        if (min > max)
        {
            lengths!.Report("min", $"{min}", $"at most max, which is {max}");
        }

        lengths?.End();
        return new RouteFilterRule(accept, match ?? PrefixMatch.Any, cidr, min, max, family);
    }

    private static IPAddress? ParseAddress(string text) => IPAddress.TryParse(text, out var address) ? address : null;
}
