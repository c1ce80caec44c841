using System.Collections.Immutable;
using Routing.Agent.Dataplane.Live;
using Routing.Agent.Netlink.Nftables;
using Routing.Policy.Reference;
using Routing.Policy.Rules;

namespace Routing.Agent.Dataplane.Nftables;

/// <summary>One packet's way through the table as the kernel holds it: the kernel's own expressions, one after the other, so that a
/// rule that somebody else has put there counts as much as ours.</summary>
internal sealed class NftWalk
{
    /// <summary>Depth of jumps at which the kernel refuses a ruleset (NFT_JUMP_STACK_SIZE).</summary>
    private const int MaxDepth = 16;

    private readonly NftNetlink _netlink;
    private readonly Packet _packet;
    private readonly NftPacket _headers;
    private readonly Ruleset _wanted;
    private readonly ImmutableArray<KernelStep>.Builder _steps = ImmutableArray.CreateBuilder<KernelStep>();
    private readonly List<string> _differences = [];
    private readonly HashSet<string> _compared = new(StringComparer.Ordinal);
    private Dictionary<string, NftChain> _chains = [];
    private ILookup<string, NftRule> _rules = Array.Empty<NftRule>().ToLookup(rule => rule.Chain);
    private Dictionary<ulong, NftRuleCount> _counts = [];
    private Dictionary<string, NftSet> _sets = [];
    private byte?[] _mark = [0, 0, 0, 0]; // nobody has marked it before us
    private bool _isTracked = true;
    private bool _isUncertain;

    public NftWalk(NftNetlink netlink, Packet packet, Ruleset wanted) =>
        (_netlink, _packet, _headers, _wanted) = (netlink, packet, new NftPacket(packet), wanted);

    /// <summary>Walks.</summary>
    public KernelWalk Run()
    {
        var table = _netlink.FindTable();
        if (table != NftTableState.Active)
        {
            _differences.Add($"table inet {NftApplier.Table} is {(table == NftTableState.Missing ? "gone" : "dormant: no packet meets it")}");
            return new KernelWalk(KernelVerdict.Passes, [], [.. _differences]);
        }

        _chains = _netlink.ListChains().ToDictionary(chain => chain.Name, StringComparer.Ordinal);
        _rules = _netlink.ListRules().ToLookup(rule => rule.Chain, StringComparer.Ordinal);
        _counts = _netlink.ListCounts().ToDictionary(count => count.Rule.Handle);
        _sets = _netlink.ListSets().ToDictionary(set => set.Name, StringComparer.Ordinal);
        NftHook[] hooks = _packet switch
        {
            { InputInterface: null } => [NftHook.Output, NftHook.Postrouting],
            { OutputInterface: null } => [NftHook.Prerouting, NftHook.Input],
            _ => [NftHook.Prerouting, NftHook.Forward, NftHook.Postrouting],
        };
        foreach (var wanted in _wanted.Chains.Values.Where(chain => chain.Hook is not null && !_chains.ContainsKey(chain.Name)))
        {
            _differences.Add($"chain {wanted.Name} is gone");
        }

        var drops = hooks.SelectMany(hook => _chains.Values.Where(chain => chain.Base?.Hook == hook).OrderBy(chain => chain.Base!.Priority))
            .Any(Drops);
        return new KernelWalk(
            _isUncertain ? KernelVerdict.Unknown : drops ? KernelVerdict.Drops : KernelVerdict.Passes,
            _steps.ToImmutable(), [.. _differences]);
    }

    private bool Drops(NftChain chain)
    {
        var verdict = Walk(chain.Name, depth: 0);
        if (verdict is NftVerdictCode.Drop or NftVerdictCode.Accept)
        {
            return verdict == NftVerdictCode.Drop;
        }

        if (chain.Base!.Policy != NftVerdictCode.Accept)
        {
            _steps.Add(new KernelStep { Chain = chain.Name, Depth = 0, Rule = 0, Matches = true, Action = Word(new NftVerdict(chain.Base.Policy)) });
        }

        return chain.Base.Policy == NftVerdictCode.Drop;
    }

    /// <returns>Accept or Drop; Return at the chain's end.</returns>
    private NftVerdictCode Walk(string chain, int depth)
    {
        Compare(chain);
        if (depth > MaxDepth)
        {
            _isUncertain = true;
            return NftVerdictCode.Return;
        }

        var place = 0;
        foreach (var rule in _rules[chain])
        {
            place++;
            if (Ask(rule, place, depth) is not { } verdict)
            {
                continue;
            }

            switch (verdict.Code)
            {
                case NftVerdictCode.Jump:
                    var called = Walk(verdict.Chain!, depth + 1);
                    if (called != NftVerdictCode.Return)
                    {
                        return called;
                    }

                    break;
                case NftVerdictCode.Goto:
                    return Walk(verdict.Chain!, depth + 1);
                case NftVerdictCode.Accept or NftVerdictCode.Drop or NftVerdictCode.Return:
                    return verdict.Code;
            }
        }

        return NftVerdictCode.Return;
    }

    /// <summary>Puts the packet to a rule.</summary>
    /// <returns>The verdict; null when the rule has none for it, or when that cannot be told.</returns>
    private NftVerdict? Ask(NftRule rule, int place, int depth)
    {
        var registers = new NftRegisters(_packet, _headers, _mark, _isTracked);
        var lookups = ImmutableArray.CreateBuilder<KernelLookup>();
        var (matches, reports, untracks, unknown, verdict) = (true, false, false, default(string), default(NftVerdict?));
        foreach (var step in rule.Expressions)
        {
            switch (step)
            {
                case NftExpression.Compare compare:
                    var holds = registers.Holds(compare);
                    unknown = holds is null ? unknown ?? "what it compares" : unknown;
                    matches &= holds ?? true;
                    break;
                case NftExpression.Lookup lookup:
                    var isIn = Find(registers, lookup.Set, lookup.Register, lookups, out _);
                    unknown = isIn is null ? unknown ?? $"what it looks up in {lookup.Set}" : unknown;
                    matches &= isIn is null || isIn != lookup.Inverted;
                    break;
                case NftExpression.VerdictLookup lookup:
                    var found = Find(registers, lookup.Map, lookup.Register, lookups, out verdict);
                    unknown = found is null ? unknown ?? $"what it looks up in {lookup.Map}" : unknown;
                    matches &= found ?? true;
                    break;
                case NftExpression.Immediate immediate:
                    verdict = immediate.Verdict;
                    break;
                case NftExpression.Queue or NftExpression.QueueTarget:
                    verdict = new NftVerdict(NftVerdictCode.Accept); // held for a while, and then let go
                    break;
                case NftExpression.Log:
                    reports = true;
                    break;
                case NftExpression.Untrack:
                    untracks = true;
                    break;
                case NftExpression.Limit:
                    unknown ??= rule.Expressions.Items.OfType<NftExpression.Immediate>().Any() ? "its limit" : null;
                    break;
                case NftExpression.Other other:
                    unknown ??= $"its expression '{other.Name}'";
                    break;
                default:
                    registers.TryLoad(step);
                    break;
            }

            if (!matches)
            {
                break;
            }
        }

        unknown = matches ? unknown : null;
        if (matches)
        {
            (_mark, _isTracked) = (registers.Mark, _isTracked && !untracks);
        }

        if (matches || lookups.Count > 0)
        {
            _steps.Add(new KernelStep
            {
                Chain = rule.Chain,
                Depth = depth,
                Rule = place,
                Lookups = lookups.ToImmutable(),
                Matches = matches,
                Action = matches && verdict is { } said ? Word(said) : reports ? "report" : "",
                Comment = rule.Comment,
                Count = _counts.TryGetValue(rule.Handle, out var count) ? new KernelCount(count.Packets, count.Octets) : null,
                Unknown = unknown,
            });
        }

        if (unknown is not null && (verdict is not null || rule.Expressions.Items.Any(Decides)))
        {
            _isUncertain = true;
            return null;
        }

        return matches ? verdict : null;

        static bool Decides(NftExpression step) => step is NftExpression.VerdictLookup or NftExpression.Other;
    }

    /// <returns>Whether the set has what is in the registers; null when that cannot be told.</returns>
    private bool? Find(
        NftRegisters registers, string name, int register, ImmutableArray<KernelLookup>.Builder lookups, out NftVerdict? verdict)
    {
        verdict = null;
        if (!_sets.TryGetValue(name, out var set) || !registers.TryRead(register, set.KeyLength, out var key))
        {
            return null;
        }

        byte[]? low = null, high = null;
        NftVerdict? value = null;
        var isFound = _netlink.TryFindElement(name, key, isIntervalEnd: false, (in element) =>
        {
            var end = element.KeyEnd.Length == element.Key.Length ? element.KeyEnd : element.Key;
            (low, high, value) = (element.Key.ToArray(), end.ToArray(), element.Verdict);
        }) && low is not null;
        if (isFound && set.Flags.HasFlag(NftSetFlags.Interval) && !set.Flags.HasFlag(NftSetFlags.Concatenation))
        {
            high = EndOf(name, key);
        }

        verdict = value;
        lookups.Add(new KernelLookup(name, isFound, TextOf(set, isFound ? low! : key, isFound ? high! : key)));
        return isFound;
    }

    /// <summary>The last key of the interval around a key: the one before the next end.</summary>
    private byte[] EndOf(string set, byte[] key)
    {
        var next = (byte[])key.Clone();
        byte[] last = [.. Enumerable.Repeat((byte)0xff, key.Length)];
        if (KeyMath.TryIncrement(next))
        {
            _netlink.TryFindElement(set, next, isIntervalEnd: true, (in end) => KeyMath.Write(last, KeyMath.Number(end.Key) - 1));
        }

        return last;
    }

    private string TextOf(NftSet set, byte[] low, byte[] high)
    {
        if (_wanted.Sets.TryGetValue(set.Name, out var wanted) && SetLayout.Of(wanted) is var layout && layout.KeyLength == low.Length)
        {
            return SetWords.Of(wanted, layout.Read(low, high));
        }

        return _wanted.Maps.ContainsKey(set.Name) ? SetLayout.ReadInterface(low) : $"0x{Convert.ToHexStringLower(low)}";
    }

    /// <summary>Tells a chain of ours apart from what somebody made of it.</summary>
    private void Compare(string name)
    {
        if (!_compared.Add(name))
        {
            return;
        }

        if (!_wanted.Chains.TryGetValue(name, out var wanted))
        {
            _differences.Add($"chain {name} is not ours");
        }
        else if (RuleTranslator.Chain(wanted) != _chains[name])
        {
            _differences.Add($"chain {name} is defined otherwise");
        }
        else if (_rules[name].Select(rule => rule with { Handle = 0 }).ToList() is var found
            && !Enum.GetValues<NftQueueing>().Any(queueing => found.SequenceEqual(RuleTranslator.Rules(wanted, _wanted, queueing))))
        {
            _differences.Add($"chain {name} has other rules");
        }
    }

    private static string Word(NftVerdict verdict) =>
        verdict.Code.ToString().ToLowerInvariant() + (verdict.Chain is null ? "" : $" {verdict.Chain}");
}
