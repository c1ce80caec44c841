using System.Collections.Immutable;
using System.Text;
using Routing.Agent.Dataplane.Live;
using Routing.Policy.Model;
using Routing.Policy.Reference;
using Routing.Policy.Render.Iptables;
using Routing.Policy.Rules;

namespace Routing.Agent.Dataplane.Iptables;

/// <summary>One packet's way through our chains as iptables holds them, from the jumps in the kernel's own chains on.</summary>
/// <param name="packet">It begins a connection.</param>
/// <param name="tables">The tables of its IP version that have something of ours.</param>
/// <param name="ipsets">Our ipsets.</param>
/// <param name="sets">The ruleset's set that an ipset is a part of, by the ipset's name.</param>
internal sealed class IptablesWalk(
    Packet packet, IReadOnlyDictionary<string, CountedTable> tables, IReadOnlyDictionary<string, KernelSet> ipsets,
    IReadOnlyDictionary<string, MatchSet> sets)
{
    private const int MaxDepth = 64;

    private readonly ImmutableArray<KernelStep>.Builder _steps = ImmutableArray.CreateBuilder<KernelStep>();
    private bool _isUncertain;
    private uint _mark; // nobody has marked it before us
    private bool _isTracked = true;

    /// <summary>Walks.</summary>
    public KernelWalk Run()
    {
        (string Table, string Chain)[] before = [("raw", "PREROUTING"), ("mangle", "PREROUTING")];
        (string Table, string Chain)[] hooks = packet switch
        {
            { InputInterface: null } => [("raw", "OUTPUT"), ("mangle", "OUTPUT"), ("filter", "OUTPUT"), ("mangle", "POSTROUTING")],
            { OutputInterface: null } => [.. before, ("mangle", "INPUT"), ("filter", "INPUT")],
            _ => [.. before, ("mangle", "FORWARD"), ("filter", "FORWARD"), ("mangle", "POSTROUTING")],
        };
        var drops = hooks.Any(one => tables.TryGetValue(one.Table, out var table) && Drops(table, one.Chain));
        return new KernelWalk(
            _isUncertain ? KernelVerdict.Unknown : drops ? KernelVerdict.Drops : KernelVerdict.Passes, _steps.ToImmutable(), []);
    }

    /// <summary>Of the kernel's own chains only our jumps are looked at: what others say there is theirs.</summary>
    private bool Drops(CountedTable table, string hook)
    {
        foreach (var (place, rule) in table.Chains.GetValueOrDefault(hook, []).Index())
        {
            if (IptablesNames.IsOurs(rule.Target) && Ask(hook, place + 1, rule, depth: 0))
            {
                var verdict = Walk(table, rule.Target, depth: 1);
                if (verdict != VerdictKind.Return)
                {
                    return verdict == VerdictKind.Drop;
                }
            }
        }

        return false;
    }

    /// <returns>Accept or Drop; Return at the chain's end.</returns>
    private VerdictKind Walk(CountedTable table, string chain, int depth)
    {
        if (depth > MaxDepth || !table.Chains.TryGetValue(chain, out var rules))
        {
            _isUncertain = true;
            return VerdictKind.Return;
        }

        foreach (var (place, rule) in rules.Index())
        {
            if (!Ask(chain, place + 1, rule, depth))
            {
                continue;
            }

            switch (rule.Target)
            {
                case "ACCEPT":
                    return VerdictKind.Accept;
                case "DROP":
                    return VerdictKind.Drop;
                case "RETURN":
                    return VerdictKind.Return;
                case "NFQUEUE":
                    return VerdictKind.Accept; // whoever takes it gives it back
                case "MARK" when rule.Words.SkipWhile(word => word != "--set-xmark").ElementAtOrDefault(1) is { } value
                    && IptablesMatch.TryReadMark(value, out var bits, out var mask):
                    _mark = (_mark & ~mask) ^ bits;
                    break;
                case "CT" when rule.Words.Contains("--notrack"):
                    _isTracked = false;
                    break;
                case "" or "NFLOG" or "LOG" or "CT":
                    break;
                case var target when table.Chains.ContainsKey(target):
                    var called = Walk(table, target, depth + 1);
                    if (called != VerdictKind.Return || rule.IsGoto)
                    {
                        return called;
                    }

                    break;
                default:
                    _isUncertain = true; // a target of somebody's rule
                    break;
            }
        }

        return VerdictKind.Return;
    }

    /// <summary>Puts the packet to a rule.</summary>
    private bool Ask(string chain, int place, CountedRule rule, int depth)
    {
        var lookups = ImmutableArray.CreateBuilder<KernelLookup>();
        var match = new IptablesMatch(packet, _mark, _isTracked, (set, flags) => Find(set, flags, lookups));
        var matches = match.Matches(rule.Words);
        if (matches || lookups.Count > 0)
        {
            _steps.Add(new KernelStep
            {
                Chain = chain,
                Depth = depth,
                Rule = place,
                Lookups = lookups.ToImmutable(),
                Matches = matches,
                Action = rule.Target switch
                {
                    "NFLOG" => "report",
                    "ACCEPT" or "DROP" or "RETURN" => rule.Target.ToLowerInvariant(),
                    "" => "",
                    var target => $"{(rule.IsGoto ? "goto" : "jump")} {target}",
                },
                Comment = rule.Words.SkipWhile(word => word != "--comment").Skip(1).FirstOrDefault(""),
                Count = rule.Count,
                Unknown = matches ? match.Unknown : null,
            });
        }

        if (!matches || match.Unknown is null)
        {
            return matches;
        }

        _isUncertain |= rule.Target is not ("" or "NFLOG" or "LOG" or "CT");
        return false;
    }

    /// <returns>Whether an ipset has the packet; null when that cannot be told.</returns>
    private bool? Find(string name, string flags, ImmutableArray<KernelLookup>.Builder lookups)
    {
        if (!ipsets.TryGetValue(name, out var set) || set.IsStrange)
        {
            return null;
        }

        var sides = flags.Split(',');
        if (set.Definition.Family is { } family && family != packet.Source.Family)
        {
            return false;
        }

        var key = KeyOf(set.Definition, sides);
        var found = set.Entries.Where(entry => Has(set.Definition, entry, key))
            .Select(entry => (IpsetEntry?)entry).MaxBy(entry => entry!.Value.Length);
        var text = new StringBuilder();
        (found ?? key).Write(text, set.Definition);
        var setName = sets.TryGetValue(name, out var wanted) ? wanted.Name : name;
        lookups.Add(new KernelLookup(setName, found is not null, text.ToString()) { IsPart = true });
        return found is not null;
    }

    private IpsetEntry KeyOf(IpsetDefinition set, string[] sides)
    {
        var address = sides[0] == "src" ? packet.Source : packet.Destination;
        var isSource = sides[^1] == "src";
        var port = packet.Protocol.HasTypes()
            ? (ushort)((packet.IcmpType << 8) | packet.IcmpCode)
            : isSource ? packet.SourcePort : packet.Port;
        return set.Type switch
        {
            IpsetDefinition.PortBitmap => new IpsetEntry(Port: port),
            var type when type.EndsWith(",port", StringComparison.Ordinal) => new IpsetEntry(
                address.Value, IpsetEntry.Width(address.Family), (byte)packet.Protocol, port),
            var type when type.EndsWith(",iface", StringComparison.Ordinal) => new IpsetEntry(
                address.Value, IpsetEntry.Width(address.Family), Interface: isSource ? packet.InputInterface : packet.OutputInterface),
            _ => new IpsetEntry(address.Value, IpsetEntry.Width(address.Family)),
        };
    }

    private static bool Has(IpsetDefinition set, IpsetEntry entry, IpsetEntry key)
    {
        if (entry.Protocol != key.Protocol || entry.Port != key.Port || entry.Interface != key.Interface)
        {
            return false;
        }

        var bits = set.Family is { } family ? IpsetEntry.Width(family) - entry.Length : 0;
        return bits >= 128 || entry.Address >> bits == key.Address >> bits;
    }
}
