namespace Routing.Agent.KubeApi;

/// <summary>One watch: asked for, read line by line, and given up when the server is silent for too long. Only waits for the server
/// are measured: the consumer may take its time.</summary>
internal sealed class WatchStream : IDisposable
{
    private readonly ResourceClient _client;
    private readonly ResourceWatchOptions _options;
    private readonly WatchSiblings _siblings;
    private readonly TimeProvider _time;
    private readonly CancellationTokenSource _silent;
    private readonly CancellationTokenSource _either;
    private readonly CancellationToken _stop;
    private readonly Lock _lock = new(); // the rest, which other streams' tasks look at
    private long? _since;
    private bool _isDisposed;

    private HttpResponseMessage? _response;
    private StreamReader? _reader;

    /// <param name="client">Where.</param>
    /// <param name="options">How long a server may be silent.</param>
    /// <param name="siblings">This one is among them until it is disposed of.</param>
    /// <param name="time">The clock.</param>
    /// <param name="cancellationToken">Ends all waits.</param>
    public WatchStream(
        ResourceClient client, ResourceWatchOptions options, WatchSiblings siblings, TimeProvider time, CancellationToken cancellationToken)
    {
        (_client, _options, _siblings, _time, _stop) = (client, options, siblings, time, cancellationToken);
        _silent = new CancellationTokenSource(Timeout.InfiniteTimeSpan, time);
        _either = CancellationTokenSource.CreateLinkedTokenSource(_silent.Token, cancellationToken);
        siblings.Add(this);
    }

    /// <summary>Returns when the server has begun to answer.</summary>
    /// <exception cref="ApiStatusException">Any answer but 2xx.</exception>
    /// <exception cref="TimeoutException">None.</exception>
    public async Task OpenAsync(string path)
    {
        _response = await WaitAsync(_client.SendAsync(path, _either.Token), _options.AnswerTimeout).ConfigureAwait(false);
        _reader = new StreamReader(await _response.Content.ReadAsStreamAsync(_either.Token).ConfigureAwait(false));
    }

    /// <summary>The next line; null when the server has ended the stream.</summary>
    /// <param name="silence">How long the server may be silent.</param>
    /// <exception cref="TimeoutException">It was.</exception>
    public async Task<WatchLine?> ReadAsync(TimeSpan silence)
    {
        while (await WaitAsync(_reader!.ReadLineAsync(_either.Token).AsTask(), silence).ConfigureAwait(false) is { } line)
        {
            if (line.Length > 0)
            {
                return WatchLine.Parse(line);
            }
        }

        return null;
    }

    /// <summary>Ends the wait for the server when a bookmark is overdue. From any thread.</summary>
    public void GiveUpIfOverdue()
    {
        lock (_lock)
        {
            if (!_isDisposed && _since is { } since && _time.GetElapsedTime(since) > _options.BookmarkTimeout)
            {
                _silent.CancelAfter(TimeSpan.Zero); // by its timer: nobody's continuation runs in here
            }
        }
    }

    public void Dispose()
    {
        _siblings.Remove(this);
        lock (_lock)
        {
            _isDisposed = true;
            _either.Dispose();
            _silent.Dispose();
        }

        _reader?.Dispose();
        _response?.Dispose();
    }

    private async Task<T> WaitAsync<T>(Task<T> wait, TimeSpan limit)
    {
        Measure(limit);
        try
        {
            return await wait.ConfigureAwait(false);
        }
        catch (OperationCanceledException e) when (_silent.IsCancellationRequested && !_stop.IsCancellationRequested)
        {
            throw new TimeoutException("the API server has been silent for too long", e);
        }
        finally
        {
            Measure(null);
        }
    }

    private void Measure(TimeSpan? limit)
    {
        lock (_lock)
        {
            _since = limit is null ? null : _time.GetTimestamp();
            _silent.CancelAfter(limit ?? Timeout.InfiniteTimeSpan);
        }
    }
}
