namespace Routing.Agent.KubeApi;

/// <summary>A watch's way to an open stream: requests, and the delays between those that fail. It is patient, for a server may be slow,
/// until another watch is back: then a wait ends that has lasted for <see cref="ResourceWatchOptions.HurriedWait"/>, or as soon as it
/// has, and the server is asked at once. What was asked while it was away may never be answered.</summary>
/// <remarks>The next wait that is ended so may last twice as long, until a stream has come to its end by itself: a long list is
/// read to its end whatever other watches do, and watches that are taken and ended at once do not drive one another.</remarks>
internal sealed class WatchReturn(ResourceWatchOptions options, WatchSiblings siblings, TimeProvider time)
{
    private readonly Lock _lock = new(); // other watches' tasks hurry it
    private CancellationTokenSource? _hurried; // null: nothing is waited for that somebody might end
    private TimeSpan _patience = options.HurriedWait;
    private bool _isOpen;
    private long _since;

    /// <summary>Runs attempts until one comes to its end by itself.</summary>
    /// <param name="attempts">Fails and waits as it likes, and tells of it.</param>
    /// <param name="cancellationToken">Ends all waits.</param>
    public async Task RunAsync(Func<CancellationToken, ValueTask> attempts, CancellationToken cancellationToken)
    {
        siblings.Add(this);
        try
        {
            while (!await TryRunAsync(attempts, cancellationToken).ConfigureAwait(false))
            {
                _patience *= 2;
            }

            _patience = options.HurriedWait;
        }
        finally
        {
            siblings.Remove(this);
        }
    }

    /// <summary>A wait begins: for an answer, or for the time of the next attempt.</summary>
    public void OnWait() => Set(isOpen: false);

    /// <summary>The server is followed: the stream may be silent for as long as it is right.</summary>
    public void OnOpen()
    {
        Set(isOpen: true);
        siblings.OnBack();
    }

    /// <summary>Another watch is back. From any thread.</summary>
    public void Hurry()
    {
        lock (_lock)
        {
            if (!_isOpen)
            {
                // By its timer: nobody's continuation runs in here.
                var left = _patience - time.GetElapsedTime(_since);
                _hurried?.CancelAfter(left > TimeSpan.Zero ? left : TimeSpan.Zero);
            }
        }
    }

    private async Task<bool> TryRunAsync(Func<CancellationToken, ValueTask> attempts, CancellationToken cancellationToken)
    {
        using var hurried = new CancellationTokenSource(Timeout.InfiniteTimeSpan, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(hurried.Token, cancellationToken);
        Use(hurried);
        OnWait();
        try
        {
            await attempts(either.Token).ConfigureAwait(false);
            return true;
        }
        catch (OperationCanceledException) when (hurried.IsCancellationRequested && !cancellationToken.IsCancellationRequested)
        {
            return false;
        }
        finally
        {
            Use(null);
        }
    }

    private void Use(CancellationTokenSource? hurried)
    {
        lock (_lock)
        {
            _hurried = hurried;
        }
    }

    private void Set(bool isOpen)
    {
        lock (_lock)
        {
            (_isOpen, _since) = (isOpen, time.GetTimestamp());
            _hurried?.CancelAfter(Timeout.InfiniteTimeSpan);
        }
    }
}
