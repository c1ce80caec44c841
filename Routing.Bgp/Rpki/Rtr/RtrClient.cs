using System.Net;
using Microsoft.Extensions.Logging;

namespace Routing.Bgp.Rpki.Rtr;

/// <summary>One cache: the owner of the connection to it, of the times between queries, and of what it last said.</summary>
/// <param name="options">The cache.</param>
/// <param name="transport">Connects to it.</param>
/// <param name="time">The clock.</param>
/// <param name="logger">Its log.</param>
/// <param name="onData">Called when <see cref="Data"/> is another; must not wait.</param>
internal sealed partial class RtrClient(
    RpkiCacheOptions options, IRtrTransport transport, TimeProvider time, ILogger<RtrClient> logger, Action onData)
{
    /// <summary>Between attempts to connect; doubles up to the retry interval.</summary>
    private static readonly TimeSpan ShortestRetry = TimeSpan.FromSeconds(5);

    /// <summary>Longest attempt to connect, and longest silence of a cache that has a query to answer.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private readonly ILogger<RtrClient> _logger = logger;
    private readonly IPEndPoint _cache = new(options.Address, options.Port);
    private volatile RpkiCacheStatus _status = new() { Cache = options, Since = time.GetUtcNow() };
    private volatile RtrData? _data;
    private RtrData? _agreed; // what the next session begins with; null when it has to begin anew
    private byte _version = options.Version;
    private int _failures;
    private long _expiresAt = long.MaxValue;

    /// <summary>As configured.</summary>
    public RpkiCacheOptions Options => options;

    /// <summary>The last complete set that has not expired; null when there is none. It stays in use while the cache is away
    /// (RFC 8210 §8.4).</summary>
    public RtrData? Data => _data;

    /// <summary>The cache at this moment.</summary>
    public RpkiCacheStatus Status => _status;

    private TimeSpan RetryInterval => (_data?.Intervals ?? RtrIntervals.Default).Retry;

    /// <summary>Keeps in touch with the cache until cancelled.</summary>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        try
        {
            while (true)
            {
                Become(RpkiCacheState.Connecting);
                var reason = await TryTalkAsync(cancellationToken);
                LogEnded(_cache, reason);
                _status = _status with { LastError = reason };
                Become(RpkiCacheState.Waiting);
                await PauseAsync(cancellationToken);
            }
        }
        catch (OperationCanceledException)
        {
            // No longer configured, or the speaker ends.
        }
    }

    /// <returns>Why there is no connection any more.</returns>
    private async Task<string> TryTalkAsync(CancellationToken cancellationToken)
    {
        try
        {
            await using var stream = await ConnectAsync(cancellationToken);
            return await TalkAsync(stream, cancellationToken);
        }
        catch (Exception exception) when (exception is IOException or TimeoutException)
        {
            return exception.Message;
        }
    }

    private async Task<Stream> ConnectAsync(CancellationToken cancellationToken)
    {
        using var patience = new CancellationTokenSource(Patience, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(patience.Token, cancellationToken);
        try
        {
            return await transport.ConnectAsync(_cache, either.Token);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            throw new TimeoutException($"connect to {_cache}: no answer within {Patience.TotalSeconds} s");
        }
    }

    private async Task<string> TalkAsync(Stream stream, CancellationToken cancellationToken)
    {
        Become(RpkiCacheState.Synchronizing);
        var session = new RtrSession(_version, _agreed);
        var input = new RtrInput(stream);
        await stream.WriteAsync(session.Query(), cancellationToken);
        var dueAt = After(Patience); // an answer, or the next query
        while (true)
        {
            var count = await input.ReadAsync(UntilNext(dueAt), time, cancellationToken);
            ExpireIfDue();
            if (count == 0)
            {
                return "the cache closed the connection";
            }

            var wasAsking = session.IsAsking;
            var hasCompleted = false;
            while (input.TryFeed(session, out var step))
            {
                if (step.Send is { } octets)
                {
                    await stream.WriteAsync(octets, cancellationToken);
                }

                hasCompleted |= step.IsComplete;
                if (step.IsComplete)
                {
                    Take(session.Data!);
                }

                if (step.Close is { } reason)
                {
                    _agreed = session.Data;
                    if (step.Flush && _data is not null)
                    {
                        Flush();
                        LogFlushed(_cache, reason);
                    }

                    LowerVersion(session);
                    return reason;
                }
            }

            if (count is null && time.GetTimestamp() >= dueAt)
            {
                if (wasAsking)
                {
                    return $"no answer within {Patience.TotalSeconds} s";
                }

                await stream.WriteAsync(session.Query(), cancellationToken); // RFC 8210 §6, refresh or retry
                dueAt = After(Patience);
            }
            else if (count > 0)
            {
                dueAt = session.IsAsking ? After(Patience)
                    : wasAsking || hasCompleted ? After(hasCompleted ? session.Data!.Intervals.Refresh : RetryInterval)
                    : dueAt;
            }
        }
    }

    private void Take(RtrData data)
    {
        (_agreed, _data) = (data, data);
        _failures = 0;
        _expiresAt = After(data.Intervals.Expire);
        _status = _status with
        {
            Version = data.Version,
            SessionId = data.SessionId,
            Serial = data.Serial,
            UpdatedAt = time.GetUtcNow(),
            Vrps = data.Vrps.Count,
            Aspas = data.Aspas.Count,
        };
        Become(RpkiCacheState.Synchronized);
        LogComplete(_cache, data.Serial, data.Vrps.Count, data.Aspas.Count);
        onData();
    }

    /// <summary>RFC 8210 §6: data that nobody has confirmed for so long are not used any more.</summary>
    private void ExpireIfDue()
    {
        if (time.GetTimestamp() < _expiresAt)
        {
            return;
        }

        Flush();
        LogExpired(_cache);
    }

    private void Flush()
    {
        _expiresAt = long.MaxValue;
        (_agreed, _data) = (null, null);
        _status = _status with { Version = null, SessionId = null, Serial = null, UpdatedAt = null, Vrps = 0, Aspas = 0 };
        onData();
    }

    /// <summary>RFC 8210 §7: a cache that cannot speak our version is asked in a lower one, and at once.</summary>
    private void LowerVersion(RtrSession session)
    {
        if (session.NextVersion is { } version)
        {
            _version = version;
            _failures = -1;
        }
    }

    /// <summary>Waits before the next attempt.</summary>
    private async Task PauseAsync(CancellationToken cancellationToken)
    {
        _failures++;
        var retry = _failures == 0 ? TimeSpan.Zero : ShortestRetry * Math.Pow(2, Math.Min(_failures - 1, 10));
        var retryAt = After(retry < RetryInterval ? retry : RetryInterval);
        while (time.GetTimestamp() < retryAt)
        {
            await Task.Delay(UntilNext(retryAt), time, cancellationToken);
            ExpireIfDue();
        }
    }

    private void Become(RpkiCacheState state)
    {
        if (_status.State != state)
        {
            _status = _status with { State = state, Since = time.GetUtcNow() };
        }
    }

    private long After(TimeSpan span) => time.GetTimestamp() + (long)(span.TotalSeconds * time.TimestampFrequency);

    /// <summary>Until a deadline, or until the data expire; rounded up to a millisecond, a timer's unit.</summary>
    private TimeSpan UntilNext(long deadline)
    {
        var ticks = Math.Min(deadline, _expiresAt) - time.GetTimestamp();
        return TimeSpan.FromMilliseconds(Math.Max(0, Math.Ceiling(ticks * 1000.0 / time.TimestampFrequency)));
    }

    [LoggerMessage(LogLevel.Information, "RPKI cache {Cache}: serial {Serial}, {Vrps} ROA payloads, {Aspas} ASPAs")]
    private partial void LogComplete(IPEndPoint cache, uint serial, int vrps, int aspas);

    [LoggerMessage(LogLevel.Warning, "RPKI cache {Cache}: {Reason}")]
    private partial void LogEnded(IPEndPoint cache, string reason);

    [LoggerMessage(LogLevel.Error, "RPKI cache {Cache}: its data are dropped: {Reason}")]
    private partial void LogFlushed(IPEndPoint cache, string reason);

    [LoggerMessage(LogLevel.Error, "RPKI cache {Cache} has been away for so long that its data have expired")]
    private partial void LogExpired(IPEndPoint cache);
}
