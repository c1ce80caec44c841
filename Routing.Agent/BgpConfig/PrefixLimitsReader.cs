using Routing.Bgp.Rib;
using Routing.Bgp.Speaker;
using Routing.Bgp.Wire.Iana;

namespace Routing.Agent.BgpConfig;

/// <summary>Reads what a neighbour may cost: prefixLimits and maxPathAttributes.</summary>
internal static class PrefixLimitsReader
{
    private static readonly Dictionary<string, bool> Counts = new() { ["Received"] = false, ["Accepted"] = true };

    private static readonly Dictionary<string, bool> Actions = new() { ["Teardown"] = false, ["Warn"] = true };

    /// <summary>Reads the fields.</summary>
    public static PrefixLimits Read(FieldReader spec)
    {
        var defaults = new PrefixLimits();
        var limits = spec.Object("prefixLimits");
        var families = new List<PrefixLimit>();
        ReadFamily(limits, "ipv4", AfiSafi.IPv4Unicast, families);
        ReadFamily(limits, "ipv6", AfiSafi.IPv6Unicast, families);
        var result = new PrefixLimits
        {
            Families = [.. families],
            RestartTime = limits?.Duration("restartAfter", TimeSpan.FromSeconds(1), TimeSpan.FromDays(1), "1s to 24h"),
            MaximumAttributes = (int?)spec.Integer("maxPathAttributes", 3, byte.MaxValue) ?? defaults.MaximumAttributes,
        };
        limits?.End();
        return result;
    }

    private static void ReadFamily(FieldReader? limits, string field, AfiSafi family, List<PrefixLimit> families)
    {
        if (limits?.Object(field) is not { } item)
        {
            return;
        }

        var defaults = new PrefixLimit(family, 0);
        item.Require("max", "the most prefixes the neighbour may send");
        var limit = defaults with
        {
            Maximum = (int?)item.Integer("max", 1, int.MaxValue) ?? 0,
            WarningPercent = (int?)item.Integer("warnAtPercent", 1, 100) ?? defaults.WarningPercent,
            AcceptedOnly = item.Word("count", Counts) ?? defaults.AcceptedOnly,
            WarningOnly = item.Word("action", Actions) ?? defaults.WarningOnly,
        };
        item.End();
        families.Add(limit);
    }
}
