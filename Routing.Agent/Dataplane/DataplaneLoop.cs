using System.Collections.Immutable;
using System.Threading.Channels;
using Routing.Agent.Attachments;
using Routing.Agent.Metrics;
using Routing.Agent.Options;
using Routing.Policy.Controller;
using Routing.Policy.Model;
using Routing.Policy.Rules;

namespace Routing.Agent.Dataplane;

/// <summary>Owner of the node's packet filter: of <see cref="NodePolicy"/>, which says what it shall be, and of the
/// <see cref="IRulesetApplier"/>, which makes it so.</summary>
/// <remarks>
/// <code>
/// watches --OnChangeAsync--> inbox --> NodePolicy notes --(coalesced)--> Compile > Apply: netlink batches
/// ADD, DEL --Commit/Remove-> inbox --> NodePolicy notes --(at once)----^             > callers go on
/// </code>
/// The promises kept here:
/// <list type="bullet">
/// <item>Closed until known: an ADD returns after a transaction in which its interface has rules, and no sooner.</item>
/// <item>A node without our table gets the closed base ruleset before anything is known.</item>
/// <item>A restart is a non-event: what an earlier agent left is not touched until every input was listed in full. The
/// saved attachments are in from the start, so the first transaction is the difference to the last one.</item>
/// <item>Rules that somebody else changes are repaired: an apply of the same ruleset compares with the kernel when it
/// has to. </item>
/// <item>A ruleset that does not do what the policies say is not committed, when a verifier is there to find it out: the old
/// rules stay, and what changed waits.</item>
/// <item>What the kernel refuses stays to be done, and what stands is kept standing meanwhile; after too many refusals in a row the
/// node says that it is not ready (docs/adr/0024).</item>
/// <item>Nobody but an ADD waits longer than for the next look at what is due: pods can be deleted whatever keeps transactions from the
/// kernel (<see cref="CommitWaiters.OnLooked"/>).</item>
/// <item>After the API server was away nothing is made of kinds of which some are of now and others of then
/// (<see cref="InputGaps"/>).</item>
/// </list>
/// </remarks>
internal sealed partial class DataplaneLoop : IPodPolicy, IPolicyReader, INamePolicy
{
    /// <summary>Messages handled between two looks at the clock.</summary>
    private const int BatchLimit = 512;

    // Full: watches and CNI calls wait. The watches then stop reading their streams; nothing is lost.
    private readonly Channel<DataplaneMessage> _inbox = Channel.CreateBounded<DataplaneMessage>(
        new BoundedChannelOptions(4096) { SingleReader = true, FullMode = BoundedChannelFullMode.Wait });

    private readonly NodePolicy _policy; // the loop alone uses these
    private readonly IRulesetApplier _applier;
    private readonly IRulesetVerifier? _verifier;
    private readonly CommitWaiters _waiters = new();
    private readonly List<DataplaneMessage.Read> _reads = [];
    private readonly HashSet<PolicyInput> _missing = [.. PolicyInputs.All];
    private readonly InputGaps _gaps;
    private readonly HashSet<string> _endpoints = new(StringComparer.Ordinal);
    private readonly Ruleset _closed;
    private readonly Backoff _backoff;
    private Ruleset? _inKernel;
    private bool _isInstalled;
    private bool _isMoreThanNames; // what is not applied yet
    private TimeSpan? _firstChange; // of those not applied yet
    private TimeSpan _lastChange;
    private TimeSpan _retryAt;
    private TimeSpan _nextCheck;

    private readonly IPodLookup _lookup;
    private readonly DataplaneOptions _options;
    private readonly AgentMetrics _metrics;
    private readonly TimeProvider _time;
    private readonly long _origin;
    private readonly ILogger _logger;
    private volatile DataplaneStatus _status = new();
    private volatile ImmutableHashSet<DomainPattern>? _namesInUse;

    /// <param name="policy">Taken over, with nothing in it.</param>
    /// <param name="applier">Taken over; the caller disposes of it after the loop.</param>
    /// <param name="lookup">For pods that the watch has not shown in time.</param>
    /// <param name="options">Times.</param>
    /// <param name="metrics">Counters.</param>
    /// <param name="time">The clock.</param>
    /// <param name="logger">Applies at Debug, refusals at Error.</param>
    /// <param name="verifier">Asked before each transaction that changes rules; null for none.</param>
    public DataplaneLoop(
        NodePolicy policy, IRulesetApplier applier, IPodLookup lookup, DataplaneOptions options, AgentMetrics metrics,
        TimeProvider time, ILogger<DataplaneLoop> logger, IRulesetVerifier? verifier = null)
    {
        (_policy, _applier, _lookup, _options, _metrics, _time, _logger, _verifier) =
            (policy, applier, lookup, options, metrics, time, logger, verifier);
        _origin = time.GetTimestamp();
        _backoff = new Backoff(options.RetryLeast, options.RetryGreatest);
        _gaps = new InputGaps(options.GapLimit);
        _closed = policy.Compile(); // with nothing known, everything is closed
    }

    /// <summary>Takes every ruleset that was committed, on the loop: it must not wait.</summary>
    public event Action<CommittedRuleset>? Committed;

    /// <summary>The name of the back end in use.</summary>
    public string Backend => _applier.Name;

    /// <summary>The state after the last transaction.</summary>
    public DataplaneStatus Status => _status;

    /// <inheritdoc/>
    public ImmutableHashSet<DomainPattern>? NamesInUse => _namesInUse;

    private TimeSpan Now => _time.GetElapsedTime(_origin);

    /// <summary>Takes the attachments made by earlier agents. Before <see cref="RunAsync"/>, so that the first
    /// transaction knows them.</summary>
    public void Restore(IReadOnlyCollection<Attachment> saved)
    {
        foreach (var attachment in saved)
        {
            SetEndpoint(attachment);
        }

        _status = _status with { Endpoints = _endpoints.Count };
    }

    /// <summary>Takes the node's own interfaces as they are. Before <see cref="RunAsync"/>, so that the first transaction knows
    /// them.</summary>
    public void Restore(ImmutableArray<HostInterface> interfaces) => _policy.SetHostInterfaces(interfaces);

    /// <summary>Takes them when they have changed; waits while the inbox is full.</summary>
    public ValueTask OnHostInterfacesAsync(ImmutableArray<HostInterface> interfaces, CancellationToken cancellationToken) =>
        _inbox.Writer.WriteAsync(new DataplaneMessage.Interfaces(interfaces), cancellationToken);

    /// <summary>Takes what an earlier agent learned of names, likewise.</summary>
    public void Restore(ImmutableDictionary<DomainPattern, ImmutableHashSet<Address>> names)
    {
        foreach (var (pattern, addresses) in names)
        {
            _policy.SetDomain(pattern, addresses);
        }
    }

    /// <inheritdoc/>
    public ValueTask NoteNamesAsync(Action<NodePolicy> note, CancellationToken cancellationToken) =>
        _inbox.Writer.WriteAsync(new DataplaneMessage.Names(note, null), cancellationToken);

    /// <inheritdoc/>
    public async Task CommitNamesAsync(Action<NodePolicy> note, CancellationToken cancellationToken)
    {
        var done = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await _inbox.Writer.WriteAsync(new DataplaneMessage.Names(note, done), cancellationToken);
        try
        {
            await done.Task.WaitAsync(cancellationToken);
        }
        finally
        {
            done.TrySetCanceled(CancellationToken.None); // no one waits any longer
        }
    }

    /// <summary>Takes a change of the API server's objects; waits while the inbox is full.</summary>
    public ValueTask OnChangeAsync(
        PolicyInput input, bool isFullList, Action<NodePolicy> note, CancellationToken cancellationToken) =>
        _inbox.Writer.WriteAsync(new DataplaneMessage.Change(input, isFullList, note), cancellationToken);

    /// <summary>Notes that the API server cannot be followed for a kind.</summary>
    /// <param name="input">Which.</param>
    /// <param name="isOver">It can be again, and what was missed has been told or is on its way.</param>
    /// <param name="cancellationToken">Ends the wait for room in the inbox.</param>
    public ValueTask OnGapAsync(PolicyInput input, bool isOver, CancellationToken cancellationToken) =>
        _inbox.Writer.WriteAsync(new DataplaneMessage.Gap(input, isOver), cancellationToken);

    /// <inheritdoc/>
    public async Task<T> ReadAsync<T>(Func<NodePolicy, T> look, CancellationToken cancellationToken)
    {
        var answer = new TaskCompletionSource<T>(TaskCreationOptions.RunContinuationsAsynchronously);
        await _inbox.Writer.WriteAsync(
            new DataplaneMessage.Read(policy => answer.TrySetResult(look(policy))), cancellationToken);
        return await answer.Task.WaitAsync(cancellationToken);
    }

    /// <inheritdoc/>
    public async Task CommitAsync(Attachment attachment, CancellationToken cancellationToken)
    {
        var started = _time.GetTimestamp();
        var done = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await _inbox.Writer.WriteAsync(new DataplaneMessage.Commit(attachment, done), cancellationToken);
        try
        {
            await done.Task.WaitAsync(_options.PodWait, _time, cancellationToken);
        }
        catch (TimeoutException)
        {
            var unasked = await AskForPodAsync(attachment, cancellationToken);
            await WaitAsync(done.Task, attachment, unasked, cancellationToken);
        }
        finally
        {
            done.TrySetCanceled(CancellationToken.None); // no one waits any longer
        }

        _metrics.OnPodCommitted(_time.GetElapsedTime(started));
    }

    /// <inheritdoc/>
    public async Task RemoveAsync(AttachmentKey key, CancellationToken cancellationToken)
    {
        var done = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await _inbox.Writer.WriteAsync(new DataplaneMessage.Remove(key, done), cancellationToken);
        await done.Task.WaitAsync(cancellationToken);
    }

    /// <summary>Runs until cancelled; leaves every rule in place.</summary>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        // A full inbox drops the tick, and the loop is awake anyway.
        await using var timer = _time.CreateTimer(
            _ => _inbox.Writer.TryWrite(DataplaneMessage.Tick.Instance), null,
            TimeSpan.Zero, Timeout.InfiniteTimeSpan);
        try
        {
            while (await _inbox.Reader.WaitToReadAsync(cancellationToken))
            {
                for (var i = 0; i < BatchLimit && _inbox.Reader.TryRead(out var message); i++)
                {
                    Handle(message);
                }

                var wait = ApplyIfDue();
                _waiters.OnLooked();
                timer.Change(wait > TimeSpan.Zero ? wait : TimeSpan.Zero, Timeout.InfiniteTimeSpan);
                Answer();
            }
        }
        finally
        {
            _waiters.CancelAll();
        }
    }

    /// <returns>Why the API server could not be asked; null when it was.</returns>
    private async Task<string?> AskForPodAsync(Attachment attachment, CancellationToken cancellationToken)
    {
        PodView? pod;
        try
        {
            pod = await _lookup.FindAsync(attachment.Pod, cancellationToken);
        }
        catch (PodUnknownException e)
        {
            LogLookupFailed(attachment.Pod, e.Message); // the watch may still bring it
            return e.Message;
        }

        if (pod is null)
        {
            throw new PodUnknownException($"the API server knows no pod {attachment.Pod}");
        }

        if (pod.Uid.Length > 0 && attachment.PodUid.Length > 0 && pod.Uid != attachment.PodUid)
        {
            throw new PodUnknownException(
                $"pod {attachment.Pod} has the UID {pod.Uid} at the API server, not {attachment.PodUid}: it was made anew");
        }

        await OnChangeAsync(PolicyInputs.Pods, isFullList: false, policy => policy.UpsertPod(pod), cancellationToken);
        return null;
    }

    private async Task WaitAsync(Task done, Attachment attachment, string? unasked, CancellationToken cancellationToken)
    {
        try
        {
            await done.WaitAsync(_options.CommitTimeout, _time, cancellationToken);
        }
        catch (TimeoutException e)
        {
            var status = _status;
            var reason = status.LastError
                ?? (!status.Missing.IsEmpty ? $"not listed yet: {string.Join(", ", status.Missing)}"
                    : unasked is not null ? $"its pod is not known, and {unasked}"
                    : !status.Away.IsEmpty ? $"the API server does not tell of {string.Join(", ", status.Away)}"
                    : "its pod or its namespace is not known");
            throw new PodUnknownException($"no rules for pod {attachment.Pod} after {_options.CommitTimeout}: {reason}", e);
        }
    }

    private void Handle(DataplaneMessage message)
    {
        switch (message)
        {
            case DataplaneMessage.Change change:
                change.Note(_policy);
                _gaps.OnTold(change.Input, Now);
                if (change.IsFullList && _missing.Remove(change.Input))
                {
                    _status = _status with { Missing = [.. _missing] };
                    LogListed(change.Input);
                }

                OnDirty();
                break;

            case DataplaneMessage.Gap gap:
                OnGap(gap);
                break;

            case DataplaneMessage.Names names:
                names.Note(_policy);
                if (names.Done is { } done)
                {
                    _waiters.Add(done);
                }

                OnDirty(isOfNames: true);
                break;

            case DataplaneMessage.Interfaces interfaces:
                _policy.SetHostInterfaces(interfaces.All);
                OnDirty();
                break;

            case DataplaneMessage.Commit commit:
                SetEndpoint(commit.Attachment);
                _waiters.AddCommit(commit.Attachment.Key, commit.Attachment.HostInterface, commit.Done);
                OnDirty();
                break;

            case DataplaneMessage.Remove remove:
                var name = remove.Key.HostInterface();
                _endpoints.Remove(name);
                _policy.RemoveEndpoint(name);
                _waiters.AddRemove(remove.Key, remove.Done);
                OnDirty();
                break;

            case DataplaneMessage.Read read:
                _reads.Add(read);
                break;
        }
    }

    /// <summary>Readers come after the apply, and so see what is in the kernel rather than what is on its
    /// way.</summary>
    private void Answer()
    {
        foreach (var read in _reads)
        {
            read.Look(_policy);
        }

        _reads.Clear();
    }

    private void SetEndpoint(Attachment attachment)
    {
        _endpoints.Add(attachment.HostInterface);
        _policy.SetEndpoint(new LocalEndpoint(
            attachment.HostInterface, attachment.Pod, attachment.PodUid,
            attachment.Addresses.Select(Address.From).ToEquatableArray()));
    }

    private void OnGap(DataplaneMessage.Gap gap)
    {
        if (gap.IsOver)
        {
            _gaps.OnResumed(gap.Input, Now);
        }
        else
        {
            _gaps.OnInterrupted(gap.Input);
        }

        _status = _status with { Away = [.. _gaps.Away] };
    }

    private void OnDirty(bool isOfNames = false)
    {
        _isMoreThanNames |= !isOfNames;
        _lastChange = Now;
        _firstChange ??= _lastChange;
    }

    [LoggerMessage(LogLevel.Information, "Packet filter: {Input} listed")]
    private partial void LogListed(PolicyInput input);

    [LoggerMessage(LogLevel.Warning, "Pod {Pod}: {Reason}; waiting for the watch")]
    private partial void LogLookupFailed(NamespacedName pod, string reason);
}
