using System.Collections.Concurrent;

namespace Routing.Agent.Attachments;

/// <summary>Threads of our own for work that blocks in system calls and changes namespaces.</summary>
/// <remarks>
/// A namespace belongs to an OS thread, so such work can neither use the pool's threads nor await. These live as long
/// as the process: starting one for each piece of work cost an ADD two hand-shakes between threads, a third of its time
/// on a busy node. Few are enough, because most of the work waits for the kernel's one lock for links (RTNL).
/// </remarks>
internal sealed class KernelThreads : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(2);

    [ThreadStatic]
    private static bool _isOurs;

    private readonly BlockingCollection<Action> _work = new(boundedCapacity: 256); // full: callers wait
    private readonly Thread[] _threads;

    public KernelThreads(int count)
    {
        _threads = new Thread[count];
        for (var each = 0; each < count; each++)
        {
            _threads[each] = new Thread(Run) { IsBackground = true, Name = "wiring" };
        }

        Array.ForEach(_threads, thread => thread.UnsafeStart());
    }

    /// <summary>Whether the calling thread is one that may enter another namespace, as long as it comes back.</summary>
    public static bool IsCurrent => _isOurs;

    /// <summary>Does the work on one of the threads.</summary>
    public Task<T> RunAsync<T>(Func<T> work)
    {
        var done = new TaskCompletionSource<T>(TaskCreationOptions.RunContinuationsAsynchronously);
        _work.Add(() =>
        {
            try
            {
                done.SetResult(work());
            }
            catch (Exception e) // carried to the caller: nothing is swallowed
            {
                done.SetException(e);
            }
        });
        return done.Task;
    }

    /// <summary>Lets the threads end after the work they have. One that the kernel holds is not waited for: it is a
    /// background thread, and ends with the process.</summary>
    public void Dispose()
    {
        _work.CompleteAdding();
        if (Array.TrueForAll(_threads, thread => thread.Join(Patience)))
        {
            _work.Dispose();
        }
    }

    private void Run()
    {
        _isOurs = true;
        foreach (var work in _work.GetConsumingEnumerable())
        {
            work();
        }
    }
}
