using Routing.Policy.Rules;

namespace Routing.Policy.Render.Iptables;

/// <summary>Type 255 of ICMP, which is reserved and which no policy names, but which ranges of types end with. iptables takes that number
/// for any type, so its packets are found by an ipset: those see type and code as they are.</summary>
public static class LastIcmpType
{
    private const byte Icmp = 1;
    private const ushort First = byte.MaxValue << 8; // with code 0

    /// <summary>The ipset: whatever the destination, type 255 with each of its codes.</summary>
    public static MatchSet Set { get; } = new(
        "icmp-255", IpFamily.V4, [RuleField.DestinationAddress, RuleField.Protocol, RuleField.IcmpMessage], Ranges: true,
        [.. Enumerable.Range(0, (byte.MaxValue + 1) / IpsetLayout.WidestCutRange).Select(part => First + (part * IpsetLayout.WidestCutRange))
            .Select(low => new SetElement(
                0, uint.MaxValue, Icmp, (ushort)low, (ushort)(low + IpsetLayout.WidestCutRange - 1)))],
        "ICMP's type 255");

    /// <summary>The match of it in a rule that looks in ipsets.</summary>
    internal static string InIpset { get; } = $" -m set --match-set {IptablesNames.Set(Set.Name)} dst,dst";

    /// <summary>The match of it in a rule that needs no ipset: the first octet behind IP's header.</summary>
    internal const string InHeader = " -m u32 --u32 \"0>>22&0x3C@0>>24=0xff\"";

    /// <summary>A ruleset's sets, with this one where some rule needs it.</summary>
    public static IEnumerable<MatchSet> SetsWith(Ruleset ruleset) =>
        ruleset.Sets.Values.Any(EndsWithIt) ? ruleset.Sets.Values.Append(Set) : ruleset.Sets.Values;

    private static bool EndsWithIt(MatchSet set) =>
        set.Family != IpFamily.V6 && set.Key.Contains(RuleField.IcmpMessage)
        && set.Elements.Any(element => element is { Protocol: Icmp, PortLow: > 0, PortHigh: >= First });
}
