using System.Diagnostics;
using System.Text;
using Routing.Policy.Render.Iptables;
using Routing.Policy.Rules;

namespace Routing.Policy.Render;

/// <summary>A ruleset as text for `iptables-restore` or `ip6tables-restore`. It needs no ipset: a
/// rule that looks in a set or map becomes a rule for each element: the same meaning, without the flat cost. What the agent
/// puts in a kernel is <see cref="IptablesFiles"/>.</summary>
public static class IptablesRenderer
{
    // A chain of ours beside others' in the same table; the longest name stays under iptables' 28 characters.
    private const string ChainPrefix = "rt-";

    /// <summary>Renders what concerns one IP version.</summary>
    public static string Render(Ruleset ruleset, IpFamily family)
    {
        var text = new StringBuilder();
        foreach (var table in ruleset.Chains.Values
            .Where(chain => chain.Hook is not null)
            .GroupBy(chain => IptablesTranslator.Table(chain.Hook!))
            .OrderByDescending(table => table.Key)) // in the order in which packets see them
        {
            var chains = ruleset.ReachableFrom(table);
            text.Append($"*{table.Key}\n");
            foreach (var builtIn in table.Select(chain => BuiltIn(chain.Hook!)).Distinct())
            {
                text.Append($":{builtIn} ACCEPT [0:0]\n");
            }

            foreach (var chain in chains)
            {
                text.Append($":{ChainPrefix}{chain.Name} - [0:0]\n");
            }

            foreach (var chain in table.OrderBy(chain => chain.Hook!.Priority))
            {
                text.Append($"-A {BuiltIn(chain.Hook!)} -j {ChainPrefix}{chain.Name}\n");
            }

            foreach (var chain in chains)
            {
                Chain(text, chain, ruleset, family);
            }

            text.Append("COMMIT\n");
        }

        return text.ToString();
    }

    private static void Chain(StringBuilder text, Chain chain, Ruleset ruleset, IpFamily family)
    {
        text.Append($"# {chain.Name}: {chain.Comment}\n");
        foreach (var rule in chain.Rules)
        {
            IEnumerable<string> conditions = [""];
            foreach (var match in rule.Matches)
            {
                var alternatives = Alternatives(match, ruleset, family).ToList();
                conditions = conditions.SelectMany(before => alternatives.Select(one => Joined(before, one)).OfType<string>());
            }

            var comment = rule.Comment.Length == 0
                ? ""
                : $" -m comment --comment \"{rule.Comment.Replace('"', '\'')}\"";
            foreach (var condition in conditions)
            {
                switch (rule.Action)
                {
                    case RuleAction.Decide decide:
                        text.Append($"-A {ChainPrefix}{chain.Name}{condition}{comment} {Target(decide.Verdict)}\n");
                        break;
                    case RuleAction.Dispatch dispatch:
                        var map = ruleset.Maps[dispatch.MapName];
                        foreach (var (name, verdict) in map.Elements)
                        {
                            var entry = $"{condition} {Interface(map.Key)} {name}{comment}";
                            text.Append($"-A {ChainPrefix}{chain.Name}{entry} {Target(verdict)}\n");
                        }

                        break;
                    case RuleAction.Hold hold:
                        text.Append($"-A {ChainPrefix}{chain.Name}{condition}{comment} -j NFQUEUE --queue-num {hold.Queue} --queue-bypass\n");
                        break;
                    case RuleAction.Report report:
                        text.Append($"-A {ChainPrefix}{chain.Name}{condition}{comment}{Target(report.Packet)}\n");
                        break;
                    case RuleAction.SetMark or RuleAction.Untrack:
                        text.Append($"-A {ChainPrefix}{chain.Name}{condition}{comment} {IptablesTranslator.Target(rule.Action)}\n");
                        break;
                    default:
                        throw new UnreachableException();
                }
            }
        }
    }

    /// <summary>Both conditions, the protocol once; null when they ask for two protocols.</summary>
    private static string? Joined(string before, string one)
    {
        var (had, has) = (ProtocolOf(before), ProtocolOf(one));
        return had is null || has is null ? before + one
            : had == has ? before + one.Replace(has, "", StringComparison.Ordinal)
            : null;
    }

    private static string? ProtocolOf(string condition)
    {
        var start = condition.IndexOf(" -p ", StringComparison.Ordinal);
        if (start < 0)
        {
            return null;
        }

        var end = condition.IndexOf(' ', start + " -p ".Length);
        return end < 0 ? condition[start..] : condition[start..end];
    }

    /// <summary>Conditions of which one must hold; none at all when the match cannot hold for this IP
    /// version.</summary>
    private static IEnumerable<string> Alternatives(Match match, Ruleset ruleset, IpFamily family)
    {
        switch (match)
        {
            case Match.Established:
                return [" -m conntrack --ctstate RELATED,ESTABLISHED"];
            case Match.HasPortOctets:
                return [""]; // rules about protocols without ports read none here
            case Match.Local or Match.Marked:
                return [IptablesTranslator.Option(match)];
            case Match.Resuming:
                return [$" -p tcp{IptablesTranslator.Option(match)}"];
            case Match.Family version:
                return version.Value == family ? [""] : [];
            case Match.InterfacePrefix prefix:
                return [$" {Interface(prefix.Interface)} {prefix.Prefix}+"];
            case Match.Protocol protocol:
                return [$" -p {ElementText.Protocol(protocol.Number)}"];
            case Match.InSet inSet:
                var set = ruleset.Sets[inSet.SetName];
                return set.Family is { } width && width != family
                    ? []
                    : ElementText.Sorted(set).SelectMany(element =>
                        set.Key.Select(field => Conditions(field, element, family)).Aggregate(Both));
            default:
                throw new UnreachableException();
        }
    }

    private static IEnumerable<string> Both(IEnumerable<string> one, IEnumerable<string> other) =>
        one.SelectMany(first => other.Select(second => first + second));

    private static IEnumerable<string> Conditions(RuleField field, SetElement element, IpFamily family) =>
        field == RuleField.IcmpMessage && element is not { PortLow: 0, PortHigh: ushort.MaxValue }
            ? IcmpMatch.Of(element.Protocol, element.PortLow, element.PortHigh, family, LastIcmpType.InHeader)
            : [Condition(field, element, family)];

    private static string Condition(RuleField field, SetElement element, IpFamily family)
    {
        switch (field)
        {
            case RuleField.SourceAddress or RuleField.DestinationAddress:
                var addresses = ElementText.Addresses(family, element);
                var source = field == RuleField.SourceAddress;
                return addresses.Contains('-', StringComparison.Ordinal)
                    ? $" -m iprange {(source ? "--src-range" : "--dst-range")} {addresses}"
                    : $" {(source ? "-s" : "-d")} {addresses}";
            case RuleField.Protocol:
                return $" -p {ElementText.Protocol(element.Protocol)}";
            case RuleField.DestinationPort or RuleField.SourcePort or RuleField.IcmpMessage
                when element is { PortLow: 0, PortHigh: ushort.MaxValue }:
                return "";
            case RuleField.DestinationPort or RuleField.SourcePort:
                // The match that reads ports is the protocol's own, so the protocol's field stands before this one.
                var ports = element.PortLow == element.PortHigh
                    ? $"{element.PortLow}"
                    : $"{element.PortLow}:{element.PortHigh}";
                return $" -m {ElementText.Protocol(element.Protocol)} --{(field == RuleField.SourcePort ? "s" : "d")}port {ports}";
            case RuleField.InputInterface or RuleField.OutputInterface:
                return $" {Interface(field)} {element.Interface}";
            default:
                throw new UnreachableException();
        }
    }

    private static string Target(Verdict verdict) => verdict.Kind switch
    {
        VerdictKind.Jump => $"-j {ChainPrefix}{verdict.Chain}",
        VerdictKind.Goto => $"-g {ChainPrefix}{verdict.Chain}",
        _ => $"-j {verdict.Kind.ToString().ToUpperInvariant()}",
    };

    private static string Target(PacketReport report) =>
        $" -m limit --limit {report.PacketsPerSecond}/second --limit-burst {report.Burst} -j NFLOG"
        + $" --nflog-group {report.Group} --nflog-prefix \"{report.Prefix}\" --nflog-size {report.SnapLength}";

    private static string Interface(RuleField field) => field == RuleField.InputInterface ? "-i" : "-o";

    private static string BuiltIn(ChainHook hook) => hook.Point.ToString().ToUpperInvariant();
}
