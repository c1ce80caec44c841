using System.Collections.Immutable;
using Routing.Bgp.Wire.Iana;

namespace Routing.Agent.BgpConfig;

/// <summary>Reads which address families a session carries.</summary>
internal static class FamiliesReader
{
    private static readonly Dictionary<string, AfiSafi> Families = new()
    {
        ["ipv4"] = AfiSafi.IPv4Unicast,
        ["ipv6"] = AfiSafi.IPv6Unicast,
    };

    /// <summary>Reads the field; both families when it is missing.</summary>
    public static ImmutableArray<AfiSafi> Read(FieldReader spec)
    {
        const string Field = "families";
        var names = spec.List<string>(Field, "ipv4 or ipv6", static text => Families.ContainsKey(text) ? text : null);
        if (names is { IsEmpty: true } && spec.Has(Field))
        {
            spec.Report(Field, "[]", "at least one of ipv4, ipv6; leave the field out for both");
        }

        return names is null ? [.. Families.Values] : [.. names.Value.Distinct().Select(name => Families[name])];
    }
}
