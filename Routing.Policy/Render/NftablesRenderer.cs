using System.Diagnostics;
using System.Text;
using Routing.Policy.Rules;

namespace Routing.Policy.Render;

/// <summary>A ruleset as text for `nft -f`, which puts it in the place of the table that is there, in one
/// transaction.</summary>
public static class NftablesRenderer
{
    private const string Table = "inet routing";
    private const int LineWidth = 100;

    /// <summary>Renders.</summary>
    public static string Render(Ruleset ruleset)
    {
        // Naming the table before deleting it makes the deletion succeed also where there is none yet.
        var text = new StringBuilder($"table {Table}\ndelete table {Table}\n\ntable {Table} {{");
        foreach (var set in ruleset.Sets.Values)
        {
            Set(text, set);
        }

        foreach (var map in ruleset.Maps.Values)
        {
            Map(text, map);
        }

        // The hooks first: that is where a reader begins.
        foreach (var chain in ruleset.Chains.Values.OrderBy(chain => chain.Hook is null))
        {
            Chain(text, chain, ruleset);
        }

        return text.Append("}\n").ToString();
    }

    private static void Set(StringBuilder text, MatchSet set)
    {
        text.Append($"\n\tset {set.Name} {{\n");
        text.Append($"\t\ttype {string.Join(" . ", set.Key.Select(field => Type(field, set.Family)))}\n");
        if (set.Ranges)
        {
            text.Append("\t\tflags interval\n");
        }

        if (set.IsCounted)
        {
            text.Append("\t\tcounter\n");
        }

        Comment(text, "\t\t", set.Comment, "\n");
        Elements(text, ElementText.Sorted(set).Select(element => string.Join(" . ", set.Key.Select(field => field switch
        {
            RuleField.SourceAddress or RuleField.DestinationAddress =>
                ElementText.Addresses(set.Family!.Value, element),
            RuleField.Protocol => ElementText.Protocol(element.Protocol),
            RuleField.DestinationPort or RuleField.SourcePort or RuleField.IcmpMessage => element.PortLow == element.PortHigh
                ? $"{element.PortLow}"
                : $"{element.PortLow}-{element.PortHigh}",
            RuleField.InputInterface or RuleField.OutputInterface => $"\"{element.Interface}\"",
            _ => throw new UnreachableException(),
        }))));
        text.Append("\t}\n");
    }

    private static void Map(StringBuilder text, VerdictMap map)
    {
        text.Append($"\n\tmap {map.Name} {{\n\t\ttype ifname : verdict\n");
        Comment(text, "\t\t", map.Comment, "\n");
        Elements(text, map.Elements.Select(element => $"\"{element.Key}\" : {Text(element.Value)}"));
        text.Append("\t}\n");
    }

    private static void Chain(StringBuilder text, Chain chain, Ruleset ruleset)
    {
        text.Append($"\n\tchain {chain.Name} {{\n");
        Comment(text, "\t\t", chain.Comment, "\n");
        if (chain.Hook is { } hook)
        {
            var point = hook.Point.ToString().ToLowerInvariant();
            text.Append($"\t\ttype filter hook {point} priority {hook.Priority}; policy accept;\n");
        }

        foreach (var rule in chain.Rules)
        {
            IEnumerable<string> counter = rule.IsCounted ? ["counter"] : [];
            var statements = rule.Matches.Select(match => Text(match, ruleset)).Concat(counter).Append(rule.Action switch
            {
                RuleAction.Decide decide => Text(decide.Verdict),
                RuleAction.Dispatch dispatch =>
                    $"{Expression(ruleset.Maps[dispatch.MapName].Key, null)} vmap @{dispatch.MapName}",
                RuleAction.Report report => Text(report.Packet),
                RuleAction.SetMark { IsSet: true } mark => $"meta mark set meta mark | 0x{mark.Bit:x8}",
                RuleAction.SetMark mark => $"meta mark set meta mark & 0x{~mark.Bit:x8}",
                RuleAction.Untrack => "notrack",
                RuleAction.Hold hold => $"queue flags bypass to {hold.Queue}",
                _ => throw new UnreachableException(),
            });
            text.Append($"\t\t{string.Join(' ', statements)}");
            Comment(text, " ", rule.Comment, "");
            text.Append('\n');
        }

        text.Append("\t}\n");
    }

    private static string Text(Match match, Ruleset ruleset) => match switch
    {
        Match.Established => "ct state established,related",
        Match.Resuming => "meta l4proto tcp ct state new tcp flags & (fin | syn | rst | ack) != syn",
        Match.HasPortOctets => "th dport >= 0",
        Match.Local => "meta iif 0",
        Match.Marked marked => $"meta mark & 0x{marked.Bit:x8} != 0",
        Match.Family family => $"meta nfproto {(family.Value == IpFamily.V4 ? "ipv4" : "ipv6")}",
        Match.InterfacePrefix prefix => $"{Expression(prefix.Interface, null)} \"{prefix.Prefix}*\"",
        Match.Protocol protocol => $"meta l4proto {ElementText.Protocol(protocol.Number)}",
        Match.InSet inSet =>
            string.Join(" . ", ruleset.Sets[inSet.SetName].Key
                .Select(field => Expression(field, ruleset.Sets[inSet.SetName].Family))) + $" @{inSet.SetName}",
        _ => throw new UnreachableException(),
    };

    private static string Text(PacketReport report) =>
        $"limit rate {report.PacketsPerSecond}/second burst {report.Burst} packets "
        + $"log prefix \"{report.Prefix}\" group {report.Group} snaplen {report.SnapLength}";

    private static string Text(Verdict verdict) => verdict.Kind switch
    {
        VerdictKind.Jump => $"jump {verdict.Chain}",
        VerdictKind.Goto => $"goto {verdict.Chain}",
        _ => verdict.Kind.ToString().ToLowerInvariant(),
    };

    private static string Expression(RuleField field, IpFamily? family) => field switch
    {
        RuleField.SourceAddress => family == IpFamily.V4 ? "ip saddr" : "ip6 saddr",
        RuleField.DestinationAddress => family == IpFamily.V4 ? "ip daddr" : "ip6 daddr",
        RuleField.Protocol => "meta l4proto",
        RuleField.DestinationPort => "th dport",
        RuleField.SourcePort => "th sport",
        RuleField.IcmpMessage => "th sport", // the same two octets; nft's own icmp expressions do not go into one key
        RuleField.InputInterface => "iifname",
        RuleField.OutputInterface => "oifname",
        _ => throw new UnreachableException(),
    };

    private static string Type(RuleField field, IpFamily? family) => field switch
    {
        RuleField.SourceAddress or RuleField.DestinationAddress => family == IpFamily.V4 ? "ipv4_addr" : "ipv6_addr",
        RuleField.Protocol => "inet_proto",
        RuleField.DestinationPort or RuleField.SourcePort or RuleField.IcmpMessage => "inet_service",
        RuleField.InputInterface or RuleField.OutputInterface => "ifname",
        _ => throw new UnreachableException(),
    };

    private static void Elements(StringBuilder text, IEnumerable<string> elements)
    {
        var all = elements.ToList();
        if (all.Count == 0)
        {
            return;
        }

        var line = string.Join(", ", all);
        text.Append(line.Length <= LineWidth
            ? $"\t\telements = {{ {line} }}\n"
            : $"\t\telements = {{\n\t\t\t{string.Join(",\n\t\t\t", all)}\n\t\t}}\n");
    }

    private static void Comment(StringBuilder text, string before, string comment, string after)
    {
        if (comment.Length > 0)
        {
            text.Append($"{before}comment \"{comment.Replace('"', '\'')}\"{after}");
        }
    }
}
