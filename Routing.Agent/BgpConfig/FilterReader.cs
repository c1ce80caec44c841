using Routing.Bgp.RoutePolicy;
using Routing.Bgp.Wire.Iana;

namespace Routing.Agent.BgpConfig;

/// <summary>Reads a BGPFilter.</summary>
internal static class FilterReader
{
    private static readonly Dictionary<string, bool> Actions = new() { ["Accept"] = true, ["Reject"] = false };

    private static readonly Dictionary<string, PrefixMatch> Operators = new()
    {
        ["Equal"] = PrefixMatch.Equal,
        ["NotEqual"] = PrefixMatch.NotEqual,
        ["In"] = PrefixMatch.In,
        ["NotIn"] = PrefixMatch.NotIn,
    };

    /// <summary>Reads its fields.</summary>
    public static BgpFilter Read(string name, FieldReader spec) => new(
        name,
        new RouteFilter([.. ReadRules(spec, "importV4", AfiSafi.IPv4Unicast), .. ReadRules(spec, "importV6", AfiSafi.IPv6Unicast)]),
        new RouteFilter([.. ReadRules(spec, "exportV4", AfiSafi.IPv4Unicast), .. ReadRules(spec, "exportV6", AfiSafi.IPv6Unicast)]));

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
}
