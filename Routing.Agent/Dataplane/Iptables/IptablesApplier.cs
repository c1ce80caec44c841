using Routing.Agent.Dataplane.Barrier;
using Routing.Agent.Dataplane.Live;
using Routing.Agent.Namespaces;
using Routing.Agent.Netlink.Netfilter;
using Routing.Policy.Render.Iptables;
using Routing.Policy.Rules;

namespace Routing.Agent.Dataplane.Iptables;

/// <summary>Keeps our chains of iptables and our ipsets as wanted, by the programs made for them; see
/// <see cref="IptablesPlan"/> for the steps of a change. Not thread-safe: its owner is a loop.</summary>
/// <remarks>
/// The races it handles:
/// <list type="bullet">
/// <item>An earlier agent's chains and sets, whole or left in the middle of a change: recognised by the prefix of their
/// names, read back, and only what differs is changed.</item>
/// <item>Somebody else changes them, or puts rules before our jumps: nobody tells, so the kernel is looked at whenever
/// the same ruleset is applied again, and once in <see cref="LookInterval"/> while it changes all the time.</item>
/// <item>A program refuses: some of the steps may be done. Nothing is remembered, the next apply reads.</item>
/// <item>A set whose last rule is gone may still be held for a moment by nf_tables, which frees rules later: it is
/// tried a few times, and then at the next apply.</item>
/// </list>
/// </remarks>
public sealed class IptablesApplier : IRulesetApplier
{
    private const string Filter = "filter";

    /// <summary>Looks between two at which the elements are read, not only counted.</summary>
    private const int CountedLooks = 11;

    private const int RemoveAttempts = 8;

    private const int CopiedOctets = 4096 + 48, CopiesPerSecond = 1000; // of answers that cannot be held

    private static readonly TimeSpan LookInterval = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan RemovePause = TimeSpan.FromMilliseconds(5);

    private readonly IptablesPrograms _programs;
    private readonly TimeProvider _time;
    private readonly NetworkNamespace? _inside;
    private readonly WrittenObjects _written = new();
    private readonly IReadOnlyList<IpFamily> _families;
    private KernelState? _known;
    private Ruleset? _applied; // what we left there last
    private string? _repaired;
    private long _looked;
    private int _countedLooks;
    private bool? _hasQueues; // asked when it first matters
    private volatile bool _isCopying;
    private (Ruleset Asked, Ruleset Copying)? _copying; // the last ruleset, as a kernel without queues has it

    /// <param name="programs">Which programs, and where they run.</param>
    /// <param name="time">The clock.</param>
    /// <param name="inside">The network namespace where that is; null for the calling thread's.</param>
    internal IptablesApplier(IptablesPrograms programs, TimeProvider time, NetworkNamespace? inside = null)
    {
        (_programs, _time, _inside) = (programs, time, inside);
        _families = File.Exists("/proc/net/if_inet6") ? [IpFamily.V4, IpFamily.V6] : [IpFamily.V4];
    }

    /// <summary>Opens one for the calling thread's network namespace.</summary>
    /// <param name="flavour">Which programs.</param>
    /// <param name="time">The clock.</param>
    /// <param name="inside">Another network namespace.</param>
    public static IptablesApplier Open(
        IptablesFlavour flavour, TimeProvider time, NetworkNamespace? inside = null) =>
        new(new IptablesPrograms(new ProgramRunner(inside), flavour), time, inside);

    /// <summary>What stands between two steps; disposed of with this.</summary>
    internal IPacketBarrier Barrier { get; set; } = new PacketBarrier();

    /// <inheritdoc/>
    public string Name => _programs.Flavour switch
    {
        IptablesFlavour.Nft => "iptables-nft",
        IptablesFlavour.Legacy => "iptables-legacy",
        _ => "iptables",
    };

    /// <inheritdoc/>
    public bool HoldsPackets => !_isCopying;

    /// <inheritdoc/>
    public IKernelRules OpenRules() => new IptablesKernelRules(
        _programs, _families, wanted => _isCopying ? WithCopies(wanted) : wanted, _written,
        () => _inside is null ? IpsetNetlink.Open() : IpsetNetlink.Open(_inside));

    /// <inheritdoc/>
    public string? CountingRefusal() => null; // ipset has had counters since 2013

    /// <inheritdoc/>
    public bool IsInstalled() =>
        _families.All(family => KernelTable.Parse(_programs.Save(family, Filter)) is { Jumps.Count: > 0, Chains.Count: > 0 });

    /// <inheritdoc/>
    public bool Holds(Ruleset ruleset) => new IptablesPlan(Read(ruleset), ruleset, _families).IsEmpty;

    /// <inheritdoc/>
    public RulesetChange Apply(Ruleset desired)
    {
        try
        {
            desired = WithWhatThereIs(desired);
            if (_known is null
                || ((ReferenceEquals(desired, _applied) || _time.GetElapsedTime(_looked) > LookInterval) && !IsAsKnown(_known)))
            {
                _known = Read(desired);
                NoteRepair(_known);
            }

            var plan = new IptablesPlan(_known, desired, _families);
            _known = plan.IsEmpty ? plan.Result : Carry(plan);
            var change = plan.Change with { Repaired = _repaired };
            (_applied, _repaired) = (desired, null);
            return change;
        }
        catch (NotSupportedException e)
        {
            (_known, _applied) = (null, null);
            throw new ProgramException(e.Message); // like a refusal: what stands goes on
        }
        catch
        {
            (_known, _applied) = (null, null); // what is otherwise next time may be our own doing
            throw;
        }
    }

    /// <inheritdoc/>
    public void Dispose() => Barrier.Dispose();

    /// <summary>The ruleset, with copies in place of packets that are held where the kernel has no target NFQUEUE: a rule that it
    /// refuses would keep all others out.</summary>
    private Ruleset WithWhatThereIs(Ruleset desired)
    {
        if (_hasQueues == true || !desired.Chains.Values.Any(chain => chain.Rules.Any(rule => rule.Action is RuleAction.Hold)))
        {
            return desired;
        }

        _hasQueues ??= HasQueues();
        _isCopying = _hasQueues == false;
        if (!_isCopying)
        {
            return desired;
        }

        if (_copying is not { } last || !ReferenceEquals(last.Asked, desired))
        {
            _copying = (desired, WithCopies(desired));
        }

        return _copying.Value.Copying;
    }

    private static Ruleset WithCopies(Ruleset desired) => desired with
    {
        Chains = desired.Chains.SetItems(desired.Chains.Where(pair => pair.Value.Rules.Any(rule => rule.Action is RuleAction.Hold))
            .Select(pair => KeyValuePair.Create(pair.Key, pair.Value with { Rules = [.. pair.Value.Rules.Select(Copying)] }))),
    };

    private static Rule Copying(Rule rule) => rule.Action is RuleAction.Hold hold
        ? rule with { Action = new RuleAction.Report(new PacketReport(hold.Queue, "answer", CopiedOctets, CopiesPerSecond, CopiesPerSecond)) }
        : rule;

    /// <summary>Makes and removes a rule that no packet meets; an agent that dies in between leaves a chain that is ours to
    /// remove.</summary>
    private bool HasQueues()
    {
        const string Chain = $"*{Filter}\n:{IptablesNames.Prefix}probe - [0:0]\n";
        try
        {
            _programs.Restore(IpFamily.V4, $"{Chain}-A {IptablesNames.Prefix}probe -j NFQUEUE --queue-num 0 --queue-bypass\nCOMMIT\n");
            return true;
        }
        catch (ProgramException)
        {
            return false;
        }
        finally
        {
            _programs.Restore(IpFamily.V4, $"{Chain}-X {IptablesNames.Prefix}probe\nCOMMIT\n");
        }
    }

    /// <summary>Beside what we left there the difference is somebody else's; beside what is wanted it may be our own next
    /// change.</summary>
    private void NoteRepair(KernelState found)
    {
        if (_applied is { } left && new IptablesPlan(found, left, _families) is { IsEmpty: false } difference)
        {
            _repaired = difference.Describe();
        }
    }

    private KernelState Carry(IptablesPlan plan)
    {
        RestoreSets(plan.Prepare());
        RestoreRules(plan.FirstRules);

        if (Remove(plan.Replaced) is [var held, ..])
        {
            throw new ProgramException($"ipset destroy {held}: rules that are gone still hold it");
        }

        RestoreSets(plan.Settle());
        RestoreRules(plan.SecondRules);
        var left = Remove(plan.Leftovers);
        return plan.Result with
        {
            // What it holds does not matter: it only has to go.
            Others = left.ToDictionary(name => name, name => new KernelSet(new IpsetDefinition(name, "", null), [], true)),
        };
    }

    private void RestoreSets(string text)
    {
        if (text.Length > 0)
        {
            Barrier.Wait();
            Restore(text);
            Barrier.Begin();
        }
    }

    private void RestoreRules(IReadOnlyList<(IpFamily Family, string Text)> rules)
    {
        if (rules.Count > 0)
        {
            Barrier.Wait();
            foreach (var (family, text) in rules)
            {
                _programs.Restore(family, text); // each packet meets one of them
                _written.OnRules(family, text);
            }

            Barrier.Begin();
        }
    }

    private void Restore(string sets)
    {
        _programs.RestoreSets(sets);
        _written.OnSets(sets);
    }

    /// <summary>Removes sets.</summary>
    /// <returns>Those that something still holds.</returns>
    private IReadOnlyList<string> Remove(IReadOnlyList<string> names)
    {
        for (var attempt = 1; names.Count > 0; attempt++)
        {
            try
            {
                Restore(string.Concat(names.Select(name => $"destroy {name}\n")));
                return [];
            }
            catch (ProgramException) when (attempt < RemoveAttempts)
            {
                names = StillThere(names);
                using var pause = new ManualResetEventSlim();
                pause.Wait(RemovePause * attempt);
            }
            catch (ProgramException)
            {
                // One that is held keeps those after it from going: each by itself.
                foreach (var name in names)
                {
                    RemoveOne(name);
                }

                return StillThere(names);
            }
        }

        return names;
    }

    private void RemoveOne(string name)
    {
        try
        {
            Restore($"destroy {name}\n");
        }
        catch (ProgramException)
        {
            // Tried again with the next change.
        }
    }

    private List<string> StillThere(IReadOnlyList<string> names)
    {
        var there = KernelSet.ParseNames(_programs.ListSets());
        return [.. names.Where(there.Contains)];
    }

    /// <summary>Whether the kernel still holds what is remembered: the rules word by word, of the sets mostly the number of
    /// their elements.</summary>
    private bool IsAsKnown(KernelState known)
    {
        _looked = _time.GetTimestamp();
        if (_countedLooks++ >= CountedLooks)
        {
            return false; // read it all
        }

        var tables = KernelState.ReadTables(_programs, _families, known.Tables.Keys.Select(key => key.Table).ToHashSet());
        if (tables.Count != known.Tables.Count
            || tables.Any(table => !known.Tables.TryGetValue(table.Key, out var one) || !IsSame(table.Value, one)))
        {
            return false;
        }

        var expected = known.Sets.Values.SelectMany(set => set.Ipsets).ToDictionary(ipset => ipset.Ipset.Name, ipset => ipset.Count);
        return KernelSet.ParseCounts(_programs.ListSets()) is { } counts
            && known.Others.Count == 0
            && counts.Count == expected.Count
            && counts.All(set => expected.TryGetValue(set.Key, out var count) && count == set.Value);
    }

    private static bool IsSame(KernelTable one, KernelTable other) =>
        one.Chains.Count == other.Chains.Count
        && one.Chains.All(chain => other.Chains.TryGetValue(chain.Key, out var rules) && rules.SequenceEqual(chain.Value))
        && one.Jumps.Count == other.Jumps.Count
        && one.Jumps.All(hook => other.Jumps.TryGetValue(hook.Key, out var jumps)
            && jumps.Select(Normalize).SequenceEqual(hook.Value.Select(Normalize)));

    private static (int, string) Normalize((int Place, string Rule) jump) => (jump.Place, RuleText.Normalize(jump.Rule));

    private KernelState Read(Ruleset desired)
    {
        (_looked, _countedLooks) = (_time.GetTimestamp(), 0);
        return KernelState.Read(_programs, _families, desired);
    }
}
