using Routing.Bgp.RoutePolicy;
using Routing.Bgp.Wire.Iana;

namespace Routing.Agent.BgpConfig.Filters;

/// <summary>Reads a BGPFilter; docs/route-policy.md describes its fields.</summary>
internal static class FilterReader
{
    private static readonly Dictionary<string, RuleAction> Actions = new()
    {
        ["Accept"] = RuleAction.Accept,
        ["Reject"] = RuleAction.Reject,
        ["Next"] = RuleAction.Next,
    };

    /// <summary>Reads its fields.</summary>
    public static BgpFilter Read(string name, FieldReader spec)
    {
        var sets = FilterSets.Read(spec);
        RouteFilter Rules(string direction) => new(
        [
            .. ReadRules(name, spec, $"{direction}V4", AfiSafi.IPv4Unicast, sets),
            .. ReadRules(name, spec, $"{direction}V6", AfiSafi.IPv6Unicast, sets),
        ]);
        return new BgpFilter(name, Rules("import"), Rules("export"));
    }

    private static IEnumerable<RouteRule> ReadRules(
        string filter, FieldReader spec, string list, AfiSafi family, FilterSets sets)
    {
        var index = 0;
        foreach (var item in spec.Objects(list))
        {
            var place = new RulePlace(filter, list, index++) { Name = item.Text("name") };
            var isExport = list.StartsWith("export", StringComparison.Ordinal);
            yield return ReadRule(item, family, sets, isExport) with { Place = place };
            item.End();
        }
    }

    private static RouteRule ReadRule(FieldReader item, AfiSafi family, FilterSets sets, bool isExport)
    {
        item.Require("action", $"one of {string.Join(", ", Actions.Keys)}");
        var action = item.Word("action", Actions);
        var rule = new RouteRule
        {
            Action = action ?? RuleAction.Reject,
            Family = family,
            Match = MatchReader.Read(item, family, sets),
            Operations = [.. OperationReader.Read(item, family, sets, isExport)],
        };
        if (rule.Operations.Count > 0 && action == RuleAction.Reject)
        {
            item.Report("operations", $"{rule.Operations.Count}", "nothing beside action Reject: a rejected route is not changed");
        }

        return rule;
    }
}
