namespace Routing.Agent.Roles;

/// <summary>Owns the tasks of a role: starts them in order, notices the first that ends on its own, stops them in
/// reverse order. No loop may die unseen (STYLE.md §7): when one does, the role ends, and whoever started the process
/// starts it again.</summary>
internal sealed partial class Supervisor(TimeSpan stopTimeout, TimeProvider time, ILogger<Supervisor> logger)
    : IAsyncDisposable
{
    private readonly List<Loop> _loops = [];

    private sealed record Loop(string Name, Task Task, CancellationTokenSource Stop);

    /// <summary>Starts a loop. It must run until cancelled.</summary>
    public void Start(string name, Func<CancellationToken, Task> run)
    {
        var stop = new CancellationTokenSource();
        _loops.Add(new Loop(name, Task.Run(() => run(stop.Token), CancellationToken.None), stop));
    }

    /// <summary>Waits until asked to end, or until a loop has ended.</summary>
    /// <returns>True when asked to; false when a loop died, which is logged.</returns>
    public async Task<bool> WaitAsync(CancellationToken cancellationToken)
    {
        var asked = Task.Delay(Timeout.InfiniteTimeSpan, time, cancellationToken);
        var first = await Task.WhenAny(_loops.Select(loop => loop.Task).Prepend(asked));
        if (first == asked)
        {
            return true;
        }

        var dead = _loops.First(loop => loop.Task == first);
        LogDied(first.Exception?.GetBaseException(), dead.Name);
        return false;
    }

    /// <summary>Stops the loops, the last started first, each with its time.</summary>
    public async ValueTask DisposeAsync()
    {
        for (var i = _loops.Count - 1; i >= 0; i--)
        {
            var loop = _loops[i];
            await loop.Stop.CancelAsync();
            try
            {
                await loop.Task.WaitAsync(stopTimeout, time);
            }
            catch (TimeoutException)
            {
                LogSlow(loop.Name, stopTimeout);
            }
            catch (OperationCanceledException)
            {
                // how a loop ends
            }
            catch (Exception e)
            {
                LogDied(e, loop.Name); // the process is ending; the other loops still get to stop
            }

            loop.Stop.Dispose();
        }

        _loops.Clear();
    }

    [LoggerMessage(LogLevel.Critical, "{Loop} ended on its own, so the process ends")]
    private partial void LogDied(Exception? exception, string loop);

    [LoggerMessage(LogLevel.Warning, "{Loop} did not stop within {Delay}")]
    private partial void LogSlow(string loop, TimeSpan delay);
}
