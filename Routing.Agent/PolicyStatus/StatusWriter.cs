using System.Collections.Immutable;
using System.Text.Json;
using System.Threading.Channels;
using k8s;
using k8s.Autorest;
using k8s.Exceptions;
using k8s.Models;
using Routing.Agent.Dataplane;
using Routing.Agent.KubeApi;
using Routing.Agent.Metrics;
using Routing.Agent.Options;
using Routing.Policy.Model;
using Routing.Policy.Translate.ClusterPolicies;

namespace Routing.Agent.PolicyStatus;

/// <summary>Keeps the condition of every policy of one kind true: compares what each shows with what it shall show, and writes what
/// differs, one after the other. Its loop owns all of it.</summary>
/// <remarks>
/// <code>
/// watch ──► policies ──differs──► due (one entry a policy, by time) ──leads, pace, backoff──► PATCH status
///   └─ our own write comes back the same way: it does not differ, and that is the end of it
/// </code>
/// What it handles: a policy that changes while it is written (409: the watch brings what it is now); one that goes (404); a
/// role without the verb, an API server that is away (delays that double; told once); somebody who writes the same condition
/// otherwise (written again once in a while, not in a race); another leader's write just before (nothing differs any more).
/// </remarks>
internal sealed partial class StatusWriter<TResource>(
    ResourceSource source, ChannelReader<ResourceEvent<TResource>> events, IStatusClient client, Leadership leadership,
    StatusOptions options, ControllerMetrics metrics, TimeProvider time, ILogger logger)
    where TResource : ClusterPolicyResource
{
    private readonly ILogger _logger = logger;
    private readonly Dictionary<string, Entry> _policies = new(StringComparer.Ordinal);
    private readonly SortedSet<(long At, long Turn, string Name)> _due = []; // at most one a policy
    private readonly Backoff _backoff = new(options.RetryLeast, options.RetryGreatest);
    private long _turn;
    private long _notBefore = long.MinValue;
    private bool _refused; // told of, and not over yet

    /// <summary>Runs until cancelled, or until the watch has ended.</summary>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        while (true)
        {
            var readable = events.WaitToReadAsync(cancellationToken).AsTask();
            var changed = leadership.Changed;
            while (events.TryRead(out var change))
            {
                Note(change);
            }

            var wait = leadership.IsHeld && _due.Count > 0 ? Until(Math.Max(_due.Min.At, _notBefore)) : Timeout.InfiniteTimeSpan;
            if (wait == TimeSpan.Zero)
            {
                await WriteAsync(_policies[_due.Min.Name], cancellationToken);
                continue;
            }

            using var timer = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
            var first = await Task.WhenAny(readable, changed, Task.Delay(wait, time, timer.Token));
            await timer.CancelAsync();
            cancellationToken.ThrowIfCancellationRequested();
            if (first == readable && !await readable)
            {
                return;
            }
        }
    }

    private void Note(ResourceEvent<TResource> change)
    {
        switch (change)
        {
            case ResourceEvent<TResource>.Replaced { Items: var all, UnreadableItems: var others }:
                var names = all.Concat(others.Select(one => one.Rest)).Select(one => one.Metadata.Name).ToHashSet(StringComparer.Ordinal);
                foreach (var gone in _policies.Keys.Where(name => !names.Contains(name)).ToList())
                {
                    Forget(gone);
                }

                foreach (var one in all)
                {
                    Note(one);
                }

                foreach (var one in others)
                {
                    Note(one.Rest, one.Lost);
                }

                break;
            case ResourceEvent<TResource>.Unreadable { Object: var unreadable }:
                Note(unreadable.Rest, unreadable.Lost);
                break;
            case ResourceEvent<TResource>.Upserted { Item: var one }:
                Note(one);
                break;
            case ResourceEvent<TResource>.Deleted { Item: var gone }:
                Forget(gone.Metadata.Name);
                break;
        }

        metrics.OnPending(source.Plural, _due.Count);
    }

    private void Note(TResource policy, params ImmutableArray<LostField> lost)
    {
        if (!_policies.TryGetValue(policy.Metadata.Name, out var entry) || entry.Policy.Metadata.Uid != policy.Metadata.Uid)
        {
            Forget(policy.Metadata.Name);
            _policies.Add(policy.Metadata.Name, entry = new Entry(policy));
        }

        entry.Policy = policy;
        entry.Problems = UnreadableInput.Problems(lost) is { Count: > 0 } unreadable
            ? unreadable : ClusterPolicyTranslator.Translate(policy).Problems;
        var wanted = AcceptedCondition.Of(policy, entry.Problems, time.GetUtcNow());
        if (policy.Metadata.DeletionTimestamp is not null || AcceptedCondition.IsShown(policy, wanted))
        {
            Unschedule(entry);
        }
        else if (entry.Written is { } written && AcceptedCondition.IsSame(written, wanted))
        {
            // An event from before our write, which the next one corrects; or somebody undid it.
            Schedule(entry, options.Patience, unlessScheduled: true);
        }
        else
        {
            Schedule(entry, TimeSpan.Zero);
        }
    }

    private async Task WriteAsync(Entry entry, CancellationToken cancellationToken)
    {
        Unschedule(entry);
        _notBefore = Timestamp(options.Interval);
        var condition = AcceptedCondition.Of(entry.Policy, entry.Problems, time.GetUtcNow());
        using var deadline = new CancellationTokenSource(options.Timeout, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(deadline.Token, cancellationToken);
        try
        {
            await client.ApplyAsync(source, entry.Policy, condition, either.Token);
            entry.Written = condition;
            _backoff.OnSuccess();
            _refused = false;
            metrics.OnWritten(source.Plural);
            LogWritten(source.Plural, entry.Policy.Metadata.Name, condition.Status, condition.Message);
        }
        catch (ApiStatusException e) when (e.Code is 400 or 404 or 409 or 422)
        {
            Schedule(entry, options.Patience);
            metrics.OnFailed(source.Plural);
            LogSkipped(e.Code is 404 or 409 ? LogLevel.Debug : LogLevel.Warning, source.Plural, entry.Policy.Metadata.Name, e.Message);
        }
        catch (Exception e) when (IsTheWorlds(e) && !cancellationToken.IsCancellationRequested)
        {
            Schedule(entry, TimeSpan.Zero);
            _notBefore = Timestamp(_backoff.OnFailure());
            metrics.OnFailed(source.Plural);
            if (!_refused)
            {
                LogRefused(source.Plural, e.Message);
            }

            _refused = true;
        }

        metrics.OnPending(source.Plural, _due.Count);
    }

    private void Schedule(Entry entry, TimeSpan delay, bool unlessScheduled = false)
    {
        if (unlessScheduled && entry.Place is not null)
        {
            return;
        }

        Unschedule(entry);
        entry.Place = (Timestamp(delay), _turn++, entry.Policy.Metadata.Name);
        _due.Add(entry.Place.Value);
    }

    private void Unschedule(Entry entry)
    {
        if (entry.Place is { } place)
        {
            _due.Remove(place);
            entry.Place = null;
        }
    }

    private void Forget(string name)
    {
        if (_policies.Remove(name, out var entry))
        {
            Unschedule(entry);
        }
    }

    private long Timestamp(TimeSpan delay) =>
        time.GetTimestamp() + (long)(delay.TotalSeconds * time.TimestampFrequency);

    private TimeSpan Until(long timestamp)
    {
        var wait = time.GetElapsedTime(time.GetTimestamp(), timestamp);
        return wait <= TimeSpan.Zero ? TimeSpan.Zero : wait;
    }

    private static bool IsTheWorlds(Exception e) => e is ApiStatusException or HttpRequestException or IOException
        or OperationCanceledException or JsonException or KubeConfigException or KubernetesException or HttpOperationException;

    [LoggerMessage(LogLevel.Information, "{Kind} {Policy}: Accepted is {State}: {Reason}")]
    private partial void LogWritten(string kind, string policy, string state, string reason);

    [LoggerMessage("{Kind} {Policy}: its status is not written now: {Reason}")]
    private partial void LogSkipped(LogLevel level, string kind, string policy, string reason);

    [LoggerMessage(LogLevel.Warning,
        "The status of {Kind} cannot be written: {Reason}. Tries go on ever more slowly, without telling again")]
    private partial void LogRefused(string kind, string reason);

    private sealed class Entry(TResource policy)
    {
        public TResource Policy { get; set; } = policy;

        /// <summary>What is wrong with it.</summary>
        public EquatableArray<Problem> Problems { get; set; }

        /// <summary>The condition as we wrote it last.</summary>
        public V1Condition? Written { get; set; }

        /// <summary>Where it stands among those due; null when nothing is.</summary>
        public (long At, long Turn, string Name)? Place { get; set; }
    }
}
