using System.Collections.Immutable;
using System.Diagnostics;
using System.Text;
using Routing.Policy.Model;
using Routing.Policy.Rules;

namespace Routing.Policy.Render.Iptables;

/// <summary>A ruleset as rules of iptables that look in ipsets.</summary>
/// <remarks>
/// <para>A base chain is a chain of ours that the kernel's own chain jumps to, in the table whose place in the order is
/// its priority's. An accept ends the whole table there, other people's rules included, so only packets that our rules
/// are about come in: where each rule that does more than accept asks for an interface, so does the jump.</para>
/// <para>iptables has no verdict map. A dispatch is a rule for each of at most <see cref="LeafSize"/> interfaces; where
/// there are more, a rule for each next character of their names, which goes on to a chain for these: for names that
/// end in hexadecimal digits no more than 16 rules at each of log16(n / 8) levels, and then 8.</para>
/// </remarks>
/// <param name="ruleset">What to translate.</param>
/// <param name="family">The packets that the rules will see.</param>
/// <param name="partsOf">The parts that a set has now.</param>
/// <param name="editOf">Sets that stand beside an ipset for the time being; null for none.</param>
public sealed class IptablesTranslator(
    Ruleset ruleset,
    IpFamily family,
    Func<MatchSet, IEnumerable<IpsetPart>> partsOf,
    Func<string, IpsetEdit?>? editOf = null)
{
    /// <summary>The most interfaces that a chain of a dispatch asks for one by one.</summary>
    public const int LeafSize = 8;

    /// <summary>XT_MAX_COMMENT_LEN is 256 with its final zero.</summary>
    private const int CommentLimit = 255;

    /// <summary>What iptables-save leaves out.</summary>
    private const int DefaultBurst = 5;

    private const int RawPriority = -300;
    private const int ManglePriority = -150;

    /// <summary>Translates all tables.</summary>
    public ImmutableSortedDictionary<string, IptablesTable> Translate()
    {
        var tables = ImmutableSortedDictionary.CreateBuilder<string, IptablesTable>(StringComparer.Ordinal);
        foreach (var table in ruleset.Chains.Values.Where(chain => chain.Hook is not null).GroupBy(chain => Table(chain.Hook!)))
        {
            var chains = new SortedDictionary<string, ImmutableArray<string>>(StringComparer.Ordinal);
            foreach (var chain in ruleset.ReachableFrom(table))
            {
                chains.Add(IptablesNames.Chain(chain.Name), [.. Rules(chain, 0, chains)]);
            }

            var jumps = table.OrderBy(chain => chain.Hook!.Priority).ThenBy(chain => chain.Name, StringComparer.Ordinal)
                .GroupBy(chain => chain.Hook!.Point.ToString().ToUpperInvariant())
                .Select(hook => KeyValuePair.Create(hook.Key, hook.SelectMany(Jumps).ToImmutableArray()));
            tables.Add(table.Key, new IptablesTable(
                chains.ToImmutableSortedDictionary(StringComparer.Ordinal),
                jumps.ToImmutableSortedDictionary(StringComparer.Ordinal)));
        }

        return tables.ToImmutable();
    }

    /// <summary>Whence the rules of a chain without a dispatch come that are written for it, in order.</summary>
    /// <returns>The place of the ruleset's rule in the chain, and the element of a set that the rule written for it stands for.</returns>
    public IEnumerable<(int Place, (string Set, SetElement Element)? Element)> Origins(Chain chain) =>
        from rule in chain.Rules.Index()
        from head in Heads(rule.Item)
        select (rule.Index, head.Element);

    /// <summary>The table whose place in the order is a hook's.</summary>
    internal static string Table(ChainHook hook) => hook switch
    {
        { Priority: <= RawPriority, Point: HookPoint.Prerouting or HookPoint.Output } => "raw",
        { Priority: <= ManglePriority } or { Point: HookPoint.Prerouting or HookPoint.Postrouting } => "mangle",
        _ => "filter",
    };

    private static IEnumerable<string> Jumps(Chain chain)
    {
        var target = $"-j {IptablesNames.Chain(chain.Name)}";
        var guards = new List<string>();
        foreach (var rule in chain.Rules.Where(rule => rule.Action != new RuleAction.Decide(Verdict.Accept)))
        {
            if (rule.Matches.OfType<Match.InterfacePrefix>().FirstOrDefault() is not { } prefix)
            {
                return [target];
            }

            guards.Add($"{(prefix.Interface == RuleField.InputInterface ? "-i" : "-o")} {prefix.Prefix}+ {target}");
        }

        return guards.Distinct();
    }

    /// <summary>A chain's rules from one on.</summary>
    /// <param name="chain">The chain.</param>
    /// <param name="first">The first to translate.</param>
    /// <param name="more">Takes the chains that a dispatch needs besides.</param>
    private List<string> Rules(Chain chain, int first, SortedDictionary<string, ImmutableArray<string>> more)
    {
        var lines = new List<string>();
        for (var i = first; i < chain.Rules.Length; i++)
        {
            var rule = chain.Rules[i];
            var heads = Heads(rule);
            var comment = Comment(chain, rule, i == 0);
            switch (rule.Action)
            {
                case RuleAction.Decide decide:
                    lines.AddRange(heads.Select(head => head.Rule(comment, Target(decide.Verdict))));
                    break;
                case RuleAction.Hold hold:
                    lines.AddRange(heads.Select(head => head.Rule(comment, $"-j NFQUEUE --queue-num {hold.Queue} --queue-bypass")));
                    break;
                case RuleAction.Report report:
                    lines.AddRange(heads.Select(head => head.With(Limit(report.Packet)).Rule(comment, Target(report.Packet))));
                    break;
                case RuleAction.Dispatch dispatch when heads.Count > 0:
                    var map = ruleset.Maps[dispatch.MapName];
                    if (map.Elements.Count <= LeafSize)
                    {
                        lines.AddRange(heads.SelectMany(head => Leaf(head, map.Key, map.Elements)));
                        break;
                    }

                    var rest = Rest(chain, i + 1, more);
                    foreach (var head in heads)
                    {
                        Dispatch(lines, head, map, [.. map.Elements], more, rest);
                    }

                    lines.AddRange(rest);
                    return lines;
                case RuleAction.Dispatch:
                    break; // not for this family
                case RuleAction.SetMark or RuleAction.Untrack:
                    lines.AddRange(heads.Select(head => head.Rule(comment, Target(rule.Action))));
                    break;
                default:
                    throw new UnreachableException();
            }
        }

        return lines;
    }

    /// <summary>What follows a dispatch, as one rule: the chains of the dispatch end with it too.</summary>
    private List<string> Rest(Chain chain, int first, SortedDictionary<string, ImmutableArray<string>> more)
    {
        var rest = Rules(chain, first, more);
        if (rest.Count > 1)
        {
            var name = IptablesNames.Chain($"{chain.Name}.{first}");
            more[name] = [.. rest];
            rest = [$"-g {name}"];
        }

        return rest;
    }

    /// <summary>The rules that tell interfaces apart by the next character of their names; the chains that these go on
    /// to are left by goto alone, so that a return leaves them all.</summary>
    private static void Dispatch(
        List<string> lines, RuleHead head, VerdictMap map, ReadOnlySpan<KeyValuePair<string, Verdict>> elements,
        SortedDictionary<string, ImmutableArray<string>> more, List<string> rest)
    {
        var common = elements[0].Key.AsSpan().CommonPrefixLength(elements[^1].Key); // they are sorted
        for (var start = 0; start < elements.Length;)
        {
            var name = elements[start].Key;
            var end = start + 1;
            while (name.Length > common && end < elements.Length && elements[end].Key[common] == name[common])
            {
                end++;
            }

            var group = elements[start..end];
            start = end;
            if (group.Length == 1)
            {
                lines.AddRange(Leaf(head, map.Key, [group[0]]));
                continue;
            }

            var prefix = name[..(common + 1)];
            var chain = IptablesNames.Chain($"{map.Name}-{prefix}");
            if (head.WithInterface(map.Key, prefix + "+") is { } through)
            {
                lines.Add(through.Rule("", $"-g {chain}"));
            }

            var inside = new List<string>();
            if (group.Length <= LeafSize)
            {
                inside.AddRange(Leaf(RuleHead.Always, map.Key, group.ToArray()));
            }
            else
            {
                Dispatch(inside, RuleHead.Always, map, group, more, rest);
            }

            more[chain] = [.. inside, .. rest];
        }
    }

    private static IEnumerable<string> Leaf(
        RuleHead head, RuleField side, IEnumerable<KeyValuePair<string, Verdict>> elements) =>
        from element in elements
        let through = head.WithInterface(side, element.Key)
        where through is not null
        select through.Value.Rule("", Target(element.Value));

    /// <summary>The conditions of which one must hold; none at all when they cannot for this family.</summary>
    private List<RuleHead> Heads(Rule rule)
    {
        List<RuleHead> heads = [RuleHead.Always];
        foreach (var match in rule.Matches)
        {
            heads = [.. heads.SelectMany(head => With(head, match))];
        }

        return heads;
    }

    private IEnumerable<RuleHead> With(RuleHead head, Match match)
    {
        switch (match)
        {
            case Match.Established:
                return [head.With(" -m conntrack --ctstate RELATED,ESTABLISHED")];
            case Match.HasPortOctets:
                return [head]; // rules about protocols without ports read none here
            case Match.Local or Match.Marked:
                return [head.With(Option(match))];
            case Match.Resuming:
                return head.WithProtocol((byte)TransportProtocol.Tcp) is { } ofTcp ? [ofTcp.With(Option(match))] : [];
            case Match.Family version:
                return version.Value == family ? [head] : [];
            case Match.InterfacePrefix prefix:
                return head.WithInterface(prefix.Interface, prefix.Prefix + "+") is { } through ? [through] : [];
            case Match.Protocol protocol:
                return head.WithProtocol(protocol.Number) is { } narrowed ? [narrowed] : [];
            case Match.InSet inSet:
                var set = ruleset.Sets[inSet.SetName];
                var layout = IpsetLayout.Of(set);
                return layout.Concerns(family)
                    ? partsOf(set).OrderBy(part => part.Kind).ThenBy(part => part.Protocol).ThenBy(part => part.Low)
                        .ThenBy(part => part.High).SelectMany(part => Ask(head, set, layout, part))
                    : [];
            default:
                throw new UnreachableException();
        }
    }

    private IEnumerable<RuleHead> Ask(RuleHead head, MatchSet set, IpsetLayout layout, IpsetPart part)
    {
        var conditions = layout.Conditions(part, family, out var flags);
        var heads = conditions.Select(one => head.WithProtocol(one.Protocol)?.With(one.Ports)).OfType<RuleHead>();
        if (layout.Define(part)?.Name is not { } name)
        {
            return set.IsCounted ? heads.Select(one => one with { Element = (set.Name, layout.Piece(part, null)) }) : heads;
        }

        var edit = editOf?.Invoke(name);
        List<string> questions = [];
        if (edit?.Added is { } added)
        {
            questions.Add($" -m set --match-set {added} {flags}");
        }

        if (edit is not { Replaces: true })
        {
            // What goes is asked first: who is found in the set itself is counted there.
            var but = edit?.Removed is { } removed ? $" -m set ! --match-set {removed} {flags}" : "";
            questions.Add($"{but} -m set --match-set {name} {flags}");
        }

        return heads.SelectMany(one => questions.Select(one.With));
    }

    /// <summary>For people who read the rules: the rule's own comment, else its set's; the chain's on the chain's first
    /// rule where that has none.</summary>
    private string Comment(Chain chain, Rule rule, bool isFirst)
    {
        var set = rule.Matches.OfType<Match.InSet>().Select(match => ruleset.Sets[match.SetName].Comment).FirstOrDefault() ?? "";
        var comment = rule.Comment.Length > 0 ? rule.Comment : set.Length > 0 ? set : isFirst ? chain.Comment : "";
        if (comment.Length == 0 || rule.Action is not RuleAction.Decide)
        {
            return "";
        }

        var text = new StringBuilder(" -m comment --comment \"");
        foreach (var character in comment.AsSpan(0, Math.Min(comment.Length, CommentLimit)))
        {
            text.Append(character switch
            {
                '"' or '\\' => '\'', // the tools disagree about escapes
                < ' ' or > '~' => '?',
                _ => character,
            });
        }

        return text.Append('"').ToString();
    }

    /// <summary>A condition that is one option.</summary>
    internal static string Option(Match match) => match switch
    {
        Match.Local => " -m addrtype --src-type LOCAL", // the hook does not say where a packet came in
        Match.Marked marked => $" -m mark --mark 0x{marked.Bit:x}/0x{marked.Bit:x}",
        Match.Resuming => " -m tcp ! --tcp-flags FIN,SYN,RST,ACK SYN -m conntrack --ctstate NEW",
        _ => throw new UnreachableException(),
    };

    /// <summary>What changes a packet and goes on.</summary>
    internal static string Target(RuleAction action) => action switch
    {
        RuleAction.SetMark mark => $"-j MARK --set-xmark 0x{(mark.IsSet ? mark.Bit : 0):x}/0x{mark.Bit:x}",
        RuleAction.Untrack => "-j CT --notrack",
        _ => throw new UnreachableException(),
    };

    private static string Limit(PacketReport report) =>
        $" -m limit --limit {report.PacketsPerSecond}/sec"
        + (report.Burst == DefaultBurst ? "" : $" --limit-burst {report.Burst}");

    private static string Target(PacketReport report) =>
        $"-j NFLOG --nflog-prefix \"{report.Prefix}\" --nflog-group {report.Group} --nflog-size {report.SnapLength}";

    private static string Target(Verdict verdict) => verdict.Kind switch
    {
        VerdictKind.Jump => $"-j {IptablesNames.Chain(verdict.Chain!)}",
        VerdictKind.Goto => $"-g {IptablesNames.Chain(verdict.Chain!)}",
        _ => $"-j {verdict.Kind.ToString().ToUpperInvariant()}",
    };
}
