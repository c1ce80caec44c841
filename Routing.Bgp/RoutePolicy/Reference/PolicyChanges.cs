using System.Globalization;
using Routing.Bgp.Wire.Iana;
using Routing.Bgp.Wire.Nlri;

namespace Routing.Bgp.RoutePolicy.Reference;

/// <summary>The difference of a route before and after a rule, in the words of a BGPFilter.</summary>
internal static class PolicyChanges
{
    /// <summary>One line for each thing that changed.</summary>
    public static IEnumerable<string> Between(PolicyRoute before, PolicyRoute after)
    {
        (string Name, string? Before, string? After)[] values =
        [
            ("localPreference", Number(before.LocalPref), Number(after.LocalPref)),
            ("med", Number(before.Med), Number(after.Med)),
            ("origin", before.Origin.ToString(), after.Origin.ToString()),
            ("asPath", Path(before), Path(after)),
            ("nextHop", NextHop(before), NextHop(after)),
            ("aigp", Number(before.Aigp), Number(after.Aigp)),
            ("weight", Number(before.Weight), Number(after.Weight)),
            ("priority", Number(before.Priority), Number(after.Priority)),
        ];
        foreach (var (name, old, now) in values)
        {
            if (old != now)
            {
                yield return now is null ? $"{name} {old} removed" : old is null ? $"{name} {now}" : $"{name} {old} to {now}";
            }
        }

        foreach (var added in after.Communities.Except(before.Communities))
        {
            yield return $"community {added} added";
        }

        foreach (var deleted in before.Communities.Except(after.Communities))
        {
            yield return $"community {deleted} deleted";
        }

        if (after.KeepsNextHop && !before.KeepsNextHop && before.NextHop == after.NextHop)
        {
            yield return "nextHop kept";
        }
    }

    private static string? Number<T>(T? value)
        where T : struct, IFormattable => value?.ToString(null, CultureInfo.InvariantCulture);

    private static string Number(uint value) => value.ToString(CultureInfo.InvariantCulture);

    private static string Path(PolicyRoute route) => string.Join(' ', route.Asns);

    private static string? NextHop(PolicyRoute route) => route.NextHop is not { } address
        ? null
        : Prefix.ToAddress(route.NextHopIsIPv6 ? AfiSafi.IPv6Unicast : AfiSafi.IPv4Unicast, address).ToString();
}
