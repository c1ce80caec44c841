using System.Collections.Immutable;
using System.Text.Json;
using System.Threading.Channels;
using k8s;
using k8s.Models;
using Polly;
using Polly.Retry;

namespace Routing.Agent.KubeApi;

/// <summary>Follows one kind: lists it in pages, watches from the list's resourceVersion, and hands what changes to one consumer.</summary>
/// <remarks>
/// <code>
/// list (pages) ──Replaced──► channel          version := list's
///   watch from version ──Upserted/Deleted──►  version := event's, bookmarks too
///   stream ends: watch again from version
///   stream breaks, idles ──Interrupted──► channel, a short watch from version brings what was missed,
///     and when the server has ended it, watch again ──Resumed──►
///   410, by HTTP or in an ERROR event: version is lost, list again
///   an optional kind that is not defined: there are no objects of it, ask again later
///   another source of the kind counts now (also asked for before a deletion is believed): list there
/// </code>
/// The races it handles: a deletion missed during a gap shows as absence in the next Replaced; a line cut in half is never
/// delivered and is read again; an event repeated after a reconnect is harmless, since Upserted carries the whole object.
/// A server that fails, or that accepts watches and ends them at once, is retried with growing, jittered delays.
/// </remarks>
public sealed partial class ResourceWatch<T>
    where T : IKubernetesObject<V1ObjectMeta>
{
    private readonly ResourceClient _client;
    private readonly ResourceWatchOptions _options;
    private readonly ImmutableArray<ResourcePath> _paths;
    private readonly SourceChoice _sources; // the loop alone asks it
    private readonly WatchSiblings _siblings;
    private readonly WatchReturn _return;
    private readonly ILogger _logger;
    private readonly TimeProvider _time;
    private readonly ResiliencePipeline _pipeline;

    // Full: the loop waits and stops reading the stream. The server, unable to write, drops this watch in the end; the
    // reconnect or the relist then brings one newest state instead of every step towards it. Nothing is lost.
    private readonly Channel<ResourceEvent<T>> _events;

    private string? _version; // null: only a list can say where we are. The loop alone uses it.
    private ResourcePath _path; // which of them is followed; the loop alone changes it
    private bool _isInterrupted; // the consumer was told so; the loop alone uses it
    private bool _isBehind; // nobody knows what was missed since; the loop alone uses it
    private volatile ResourceWatchState _state;

    /// <param name="client">Where and as whom to connect. Borrowed: must outlive <see cref="RunAsync"/>.</param>
    /// <param name="options">What to follow.</param>
    /// <param name="logger">Connection changes at Information and Warning.</param>
    /// <param name="time">For delays, idle time-outs and <see cref="ResourceWatchState.Since"/>.</param>
    public ResourceWatch(Kubernetes client, ResourceWatchOptions options, ILogger logger, TimeProvider time)
        : this(client, options, new WatchSiblings(), logger, time)
    {
    }

    /// <param name="client">Where and as whom to connect. Borrowed: must outlive <see cref="RunAsync"/>.</param>
    /// <param name="options">What to follow.</param>
    /// <param name="siblings">The watches whose kinds must be of one time.</param>
    /// <param name="logger">Connection changes at Information and Warning.</param>
    /// <param name="time">For delays, idle time-outs and <see cref="ResourceWatchState.Since"/>.</param>
    internal ResourceWatch(Kubernetes client, ResourceWatchOptions options, WatchSiblings siblings, ILogger logger, TimeProvider time)
    {
        _client = new ResourceClient(client, options.AnswerTimeout, time);
        _options = options;
        _paths = [.. options.Sources.DefaultIfEmpty(ResourceSource.Of(typeof(T))).Select(one => new ResourcePath(one, options))];
        _path = _paths[0];
        _sources = new SourceChoice(_client, _paths, logger);
        _siblings = siblings;
        _return = new WatchReturn(options, siblings, time);
        _logger = logger;
        _time = time;
        _state = new ResourceWatchState(false, false, time.GetUtcNow(), null);
        _events = Channel.CreateBounded<ResourceEvent<T>>(new BoundedChannelOptions(options.Capacity)
        {
            SingleReader = true,
            SingleWriter = true,
            FullMode = BoundedChannelFullMode.Wait,
        });
        _pipeline = BuildPipeline();
    }

    /// <summary>One consumer reads here. Completes when <see cref="RunAsync"/> ends.</summary>
    public ChannelReader<ResourceEvent<T>> Events => _events.Reader;

    /// <summary>Safe to read from any thread.</summary>
    public ResourceWatchState State => _state;

    /// <summary>The owner's loop. Ends only by cancellation; throws only what is our own mistake.</summary>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        Exception? ending = null;
        try
        {
            while (true)
            {
                await _return.RunAsync(hurried => _pipeline.ExecuteAsync(FollowAsync, hurried), cancellationToken).ConfigureAwait(false);
            }
        }
        catch (OperationCanceledException e) when (cancellationToken.IsCancellationRequested)
        {
            ending = e;
            throw;
        }
        catch (Exception e)
        {
            ending = e;
            throw;
        }
        finally
        {
            Disconnected(ending?.Message);
            _events.Writer.TryComplete(ending is OperationCanceledException ? null : ending);
        }
    }

    /// <summary>One connection: list if needed, then watch until the stream ends. Returns when the next one may start at once;
    /// throws when it should be delayed.</summary>
    private async ValueTask FollowAsync(CancellationToken cancellationToken)
    {
        _return.OnWait();
        if (_version is not null && await _sources.IsElsewhereAsync(_path, cancellationToken).ConfigureAwait(false))
        {
            _version = null;
        }

        var isFresh = _version is null;
        if (isFresh && !await TryListAsync(cancellationToken).ConfigureAwait(false))
        {
            return;
        }

        // From a silent stream nobody can tell a quiet kind from a server that is not there; from one that ends when it was asked to, they can.
        var (timeout, silence) = _isBehind
            ? (_options.CatchUpTimeout, _options.CatchUpTimeout + _options.AnswerTimeout)
            : (_options.WatchTimeout, _options.IdleTimeout);
        var started = _time.GetTimestamp();
        var (progressed, hasEnded) = (false, false);
        try
        {
            using var stream = new WatchStream(_client, _options, _siblings, _time, cancellationToken);
            await stream.OpenAsync(_path.Watch(_version!, timeout)).ConfigureAwait(false);
            if (!_isBehind)
            {
                await OnOpenAsync(cancellationToken).ConfigureAwait(false);
            }

            while (await stream.ReadAsync(silence).ConfigureAwait(false) is { } line)
            {
                using (line)
                {
                    // Definitions take their objects with them: an old store that is cleared away opens nothing.
                    if (line.Type == "DELETED" && _path.Source.IsDefined
                        && await _sources.IsElsewhereAsync(_path, cancellationToken).ConfigureAwait(false))
                    {
                        _version = null;
                        return;
                    }

                    await DeliverAsync(line, cancellationToken).ConfigureAwait(false);
                }

                progressed = true;
            }

            hasEnded = true;
            Disconnected(null);
        }
        catch (Exception e) when (ApiFailure.IsTheWorlds(e, cancellationToken))
        {
            await OnLostAsync(e, cancellationToken).ConfigureAwait(false);
            if (e is ApiStatusException status && (status.NeedsRelist || (IsOptional && status.IsNotFound)))
            {
                WatchExpired(_path.Name, _version);
                _version = null;
                if (!isFresh)
                {
                    return; // the server answers: a list need not wait as long as the last of many attempts did
                }

                throw;
            }

            if (!progressed)
            {
                throw;
            }

            WatchBroken(_path.Name, ApiFailure.Describe(e));
        }

        if (!progressed && _time.GetElapsedTime(started) < _options.ShortestUsefulWatch)
        {
            throw new IOException("the API server ended the watch at once");
        }

        _isBehind = _isBehind && !hasEnded;
    }

    /// <summary>The stream broke, or was silent for too long. The consumer is told at once: whether the next one opens soon, nobody
    /// knows, and until then what other kinds tell is of a later time.</summary>
    private async ValueTask OnLostAsync(Exception why, CancellationToken cancellationToken)
    {
        Disconnected(ApiFailure.Describe(why));
        if (why is not ApiStatusException)
        {
            _siblings.OnLost();
        }

        await InterruptAsync(cancellationToken).ConfigureAwait(false);
    }

    private bool IsOptional => !_options.Sources.IsEmpty;

    /// <summary>Lists; false when the kind is not defined, after the time to ask again.</summary>
    /// <remarks>A 404 alone says little: an API server that starts answers it for a while for kinds that it does define, and
    /// policies that seem to be gone would open what they close. So both the definition and the list have to be missing. A list
    /// without a definition is another server's, behind this one.</remarks>
    private async Task<bool> TryListAsync(CancellationToken cancellationToken)
    {
        var found = IsOptional ? await _sources.FindAsync(cancellationToken).ConfigureAwait(false) : _path;
        if (found is not null)
        {
            _path = found;
            await ListAsync(cancellationToken).ConfigureAwait(false);
            return true;
        }

        foreach (var path in _paths.Where(path => path.Source.IsDefined))
        {
            try
            {
                _path = path;
                await ListAsync(cancellationToken).ConfigureAwait(false);
                return true;
            }
            catch (ApiStatusException e) when (e.IsNotFound)
            {
            }
        }

        if (_state.IsDefined)
        {
            NotDefined(_path.Name);
            await _events.Writer.WriteAsync(new ResourceEvent<T>.Replaced([]), cancellationToken).ConfigureAwait(false);
            _state = _state with { Synced = true, IsDefined = false };
        }

        await OnOpenAsync(cancellationToken).ConfigureAwait(false);
        await Task.Delay(_options.DefinitionInterval, _time, cancellationToken).ConfigureAwait(false);
        return false;
    }

    private async Task ListAsync(CancellationToken cancellationToken)
    {
        var (items, unreadable) = (ImmutableArray.CreateBuilder<T>(), ImmutableArray.CreateBuilder<UnreadableObject<T>>());
        var version = "";
        await foreach (var (page, current) in ResourcePages.ReadAsync(_client, next => _path.List(_options.PageSize, next), cancellationToken)
            .ConfigureAwait(false))
        {
            foreach (var element in page)
            {
                if (ObjectReader<T>.TryRead(element, out var item, out var reason))
                {
                    items.Add(item);
                }
                else if (ReadRest(element, reason) is { } rest)
                {
                    unreadable.Add(rest);
                }
            }

            version = current;
            _return.OnWait();
        }

        Listed(_path.Name, items.Count, version);
        _state = _state with { Unreadable = _state.Unreadable.Clear().Union(unreadable.Select(one => NameOf(one.Rest))) };
        var all = new ResourceEvent<T>.Replaced(items.DrainToImmutable()) { UnreadableItems = unreadable.DrainToImmutable() };
        await _events.Writer.WriteAsync(all, cancellationToken).ConfigureAwait(false);
        (_version, _isBehind) = (version, false);
        _state = _state with { Synced = true, IsDefined = true };
    }

    private async ValueTask DeliverAsync(WatchLine line, CancellationToken cancellationToken)
    {
        if (line.Type == "ERROR")
        {
            throw ResourceClient.ToException(500, line.Object);
        }

        if (line.Type is "ADDED" or "MODIFIED" or "DELETED" && Read(line.Object, line.Type == "DELETED") is { } change)
        {
            await _events.Writer.WriteAsync(change, cancellationToken).ConfigureAwait(false);
        }

        // After the write, never before: an event must reach the consumer before the version that covers it is kept.
        _version = line.ResourceVersion ?? _version;
    }

    private ResourceEvent<T>? Read(JsonElement element, bool isGone)
    {
        if (!ObjectReader<T>.TryRead(element, out var item, out var reason))
        {
            if (ReadRest(element, reason) is not { } rest)
            {
                return null;
            }

            if (!isGone)
            {
                _state = _state with { Unreadable = _state.Unreadable.Add(NameOf(rest.Rest)) };
                return new ResourceEvent<T>.Unreadable(rest);
            }

            item = rest.Rest;
        }

        _state = _state.Unreadable.IsEmpty ? _state : _state with { Unreadable = _state.Unreadable.Remove(NameOf(item)) };
        return isGone ? new ResourceEvent<T>.Deleted(item) : new ResourceEvent<T>.Upserted(item);
    }

    private UnreadableObject<T>? ReadRest(JsonElement element, string reason)
    {
        var rest = ObjectReader<T>.ReadRest(element);
        Undecodable(_path.Name, rest is null ? "without a name" : NameOf(rest.Rest), reason);
        return rest;
    }

    private static string NameOf(T item) =>
        string.IsNullOrEmpty(item.Metadata.NamespaceProperty) ? item.Metadata.Name : $"{item.Metadata.NamespaceProperty}/{item.Metadata.Name}";

    private async ValueTask InterruptAsync(CancellationToken cancellationToken)
    {
        _isBehind = true;
        if (!_isInterrupted)
        {
            await _events.Writer.WriteAsync(new ResourceEvent<T>.Interrupted(), cancellationToken).ConfigureAwait(false);
            _isInterrupted = true;
        }
    }

    private async ValueTask OnOpenAsync(CancellationToken cancellationToken)
    {
        Connected();
        _return.OnOpen();
        if (_isInterrupted)
        {
            await _events.Writer.WriteAsync(new ResourceEvent<T>.Resumed(), cancellationToken).ConfigureAwait(false);
            _isInterrupted = false;
        }
    }

    private ResiliencePipeline BuildPipeline() =>
        new ResiliencePipelineBuilder { TimeProvider = _time }
            .AddRetry(new RetryStrategyOptions
            {
                MaxRetryAttempts = int.MaxValue,
                BackoffType = DelayBackoffType.Exponential,
                UseJitter = true,
                Delay = _options.FirstBackoff,
                MaxDelay = _options.MaxBackoff,
                ShouldHandle = arguments => ValueTask.FromResult(
                    arguments.Outcome.Exception is { } e && ApiFailure.IsTheWorlds(e, arguments.Context.CancellationToken)),
                OnRetry = async arguments =>
                {
                    var reason = ApiFailure.Describe(arguments.Outcome.Exception!);
                    Disconnected(reason);
                    Retrying(_path.Name, arguments.RetryDelay, reason);
                    _return.OnWait();
                    await InterruptAsync(arguments.Context.CancellationToken).ConfigureAwait(false);
                },
            })
            .Build();
}
