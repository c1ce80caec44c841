using Routing.Agent.Dataplane.Barrier;
using Routing.Agent.Dataplane.Live;
using Routing.Agent.Namespaces;
using Routing.Agent.Native;
using Routing.Agent.Netlink;
using Routing.Agent.Netlink.Nftables;
using Routing.Policy.Rules;

namespace Routing.Agent.Dataplane.Nftables;

/// <summary>Keeps the table `inet routing` of one network namespace as wanted, by netlink: a batch for most changes, more
/// where their order could show (<see cref="RulesetSteps"/>). Not thread-safe: its owner is a loop.</summary>
/// <remarks>
/// The races it handles:
/// <list type="bullet">
/// <item>An earlier agent's table: read back once, and only what differs is changed. Same ruleset, no batch.</item>
/// <item>Somebody else changes our table: the watch tells, and it is read again before the next change.</item>
/// <item>Somebody commits between our look and our batch: the batch carries the generation it was made for, the kernel
/// refuses it (ERESTART), and we look again. Whoever loses often against writers of other tables goes without: should
/// our table be touched in that moment after all, the watch tells at the next apply.</item>
/// <item>The kernel refuses for another reason: nothing of that batch is done, nothing is remembered, the next apply
/// reads.</item>
/// </list>
/// </remarks>
public sealed class NftApplier : IRulesetApplier
{
    /// <summary>The table's name; its family is inet.</summary>
    public const string Table = "routing";

    /// <summary>Races lost in a row before a batch goes without its generation; each means that somebody has committed
    /// within a millisecond.</summary>
    private const int GuardedAttempts = 8;

    /// <summary>Elements from which on a commit is made without listening to its notifications.</summary>
    private const int LargeCommit = 128;

    /// <summary>Readings in a row during which somebody changed our table before giving up.</summary>
    private const int ReadAttempts = 20;

    private readonly NftNetlink _netlink;
    private readonly NftTableWatch _watch;
    private KernelRuleset? _known;
    private uint _generation; // that _known is of
    private Ruleset? _committed; // what we left there last
    private string? _repaired;
    private NftQueueing? _queueing; // asked when it first matters
    private volatile bool _isCopying;

    private readonly Func<string, NftNetlink> _open; // of a table

    /// <summary>Called before each batch with what the kernel is to hold after it. What it throws is as if the kernel had refused the
    /// batch: tests end changes half-way with it.</summary>
    internal Action<KernelRuleset>? Committing { get; set; }

    /// <summary>What stands between two batches; disposed of with this.</summary>
    internal IPacketBarrier Barrier { get; set; } = new PacketBarrier();

    private NftApplier(Func<string, NftNetlink> open)
    {
        (_open, _netlink) = (open, NftNetlink.Open(Table));
        _watch = new NftTableWatch(Table, _netlink.PortId);
    }

    /// <summary>Opens one for the calling thread's network namespace.</summary>
    public static NftApplier Open() => new(NftNetlink.Open);

    /// <summary>Opens one for a network namespace.</summary>
    public static NftApplier Open(NetworkNamespace inside) => inside.Run(() => new NftApplier(table => NftNetlink.Open(inside, table)));

    /// <summary>The same, as in a kernel that has only this for packets that are held.</summary>
    internal static NftApplier Open(NetworkNamespace inside, NftQueueing queueing)
    {
        var applier = Open(inside);
        (applier._queueing, applier._isCopying) = (queueing, queueing == NftQueueing.Copy);
        return applier;
    }

    /// <inheritdoc/>
    public string Name => "nftables";

    /// <inheritdoc/>
    public IKernelRules OpenRules() => new NftKernelRules(_open(Table));

    /// <inheritdoc/>
    public bool HoldsPackets => !_isCopying;

    /// <inheritdoc/>
    public string? CountingRefusal() => NftProbe.CountsElements(_open) ? null : "this kernel's sets cannot count, as those since Linux 5.7 can";

    /// <inheritdoc/>
    public bool IsInstalled() =>
        _netlink.FindTable() == NftTableState.Active && _netlink.ListChains().Exists(chain => chain.Base?.Hook == NftHook.Forward);

    /// <inheritdoc/>
    public bool Holds(Ruleset ruleset) => _netlink.ListChains().Select(chain => chain.Name).ToHashSet().SetEquals(ruleset.Chains.Keys)
        && new RulesetPlan(Read(ruleset), ruleset, Queueing(ruleset)).IsEmpty;

    /// <summary>True when there is a table of ours, whatever is in it.</summary>
    internal bool HasTable() => _netlink.FindTable() != NftTableState.Missing;

    /// <inheritdoc/>
    public RulesetChange Apply(Ruleset desired)
    {
        try
        {
            var queueing = Queueing(desired);
            for (var attempt = 1; ; attempt++)
            {
                var actual = Look(desired);
                var plan = new RulesetPlan(actual, desired, queueing);
                var isGuarded = attempt <= GuardedAttempts;
                var isDone = true;
                foreach (var (step, result) in RulesetSteps.Between(actual, desired, plan))
                {
                    isDone = TryCommit(step, result, isGuarded);
                    if (!isDone)
                    {
                        break;
                    }

                    _committed = null; // before the last step there is no ruleset that we have left
                }

                if (isDone)
                {
                    return Done(plan, desired);
                }
            }
        }
        catch
        {
            _known = null;
            throw;
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        Barrier.Dispose();
        _watch.Dispose();
        _netlink.Dispose();
    }

    /// <summary>What the kernel has for packets that are held; any, as long as nothing holds packets.</summary>
    private NftQueueing Queueing(Ruleset desired)
    {
        if (_queueing is null && desired.Chains.Values.Any(chain => chain.Rules.Any(rule => rule.Action is RuleAction.Hold)))
        {
            _queueing = NftProbe.Queueing(_netlink);
            _isCopying = _queueing == NftQueueing.Copy;
        }

        return _queueing ?? NftQueueing.Expression;
    }

    /// <returns>False when somebody else was faster.</returns>
    private bool TryCommit(RulesetPlan step, KernelRuleset result, bool isGuarded)
    {
        Committing?.Invoke(result);
        var batch = _netlink.BeginBatch(isGuarded ? _generation : null);
        step.Write(batch);

        // With its generation in it, a batch is refused when anybody has committed since our look; so nothing is missed.
        var isLarge = isGuarded && step.Change.ElementsAdded + step.Change.ElementsRemoved >= LargeCommit;
        Barrier.Wait(); // no packet meets two batches, of one change or of two
        var refusals = isLarge ? _watch.Deaf(() => _netlink.TryCommit(batch)) : _netlink.TryCommit(batch);
        if (refusals.Count == 0)
        {
            Barrier.Begin();
            _generation = After(_generation);
            _known = isLarge && _netlink.ReadGeneration() != _generation ? null : result;
            return true;
        }

        return refusals[0].Errno == Errno.Restart ? false : throw refusals[0];
    }

    private RulesetChange Done(RulesetPlan plan, Ruleset desired)
    {
        var change = plan.Change with { Repaired = _repaired };
        _known = _known is null ? null : KernelRuleset.Of(desired, plan.Capacities); // null: somebody committed while nobody listened
        (_committed, _repaired) = (desired, null);
        return change;
    }

    /// <summary>What the kernel holds: as remembered while nobody else has touched it, else read.</summary>
    private KernelRuleset Look(Ruleset desired)
    {
        switch (_watch.Look(out var generation))
        {
            case NftTableWatchResult.Untouched when _known is not null:
                _generation = generation ?? _generation; // others commit to their own tables
                return _known;

            // The notifications that were lost may all have been of our own last commit.
            case NftTableWatchResult.Unknown when _known is not null && _netlink.ReadGeneration() == _generation:
                return _known;
        }

        // Beside what we left there the difference is somebody else's; beside what is wanted it may be our own next change.
        if (_committed is { } left)
        {
            var found = Read(left);
            var difference = new RulesetPlan(found, left);
            _repaired = difference.IsEmpty ? _repaired : difference.Describe();
            if (ReferenceEquals(left, desired))
            {
                return _known = found;
            }
        }

        return _known = Read(desired);
    }

    private KernelRuleset Read(Ruleset desired)
    {
        for (var attempt = 1; ; attempt++)
        {
            var before = _netlink.ReadGeneration();
            var read = new KernelReader(_netlink, desired, Queueing(desired)).Read();
            var seen = _watch.Look(out var latest);
            if (seen == NftTableWatchResult.Untouched
                || (seen == NftTableWatchResult.Unknown && _netlink.ReadGeneration() == before))
            {
                _generation = latest ?? before;
                return read;
            }

            if (attempt == ReadAttempts)
            {
                throw new NetlinkException("read table", $"inet {Table}", Errno.Interrupted, "It kept changing.");
            }
        }
    }

    /// <summary>The number the kernel gives to the next commit: one more, and never zero.</summary>
    private static uint After(uint generation) => generation == uint.MaxValue ? 1 : generation + 1;
}
