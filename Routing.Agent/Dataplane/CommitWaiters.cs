using Routing.Agent.Attachments;

namespace Routing.Agent.Dataplane;

/// <summary>ADDs and DELs that wait for a transaction, and answers of DNS. Owned by the <see cref="DataplaneLoop"/>.</summary>
internal sealed class CommitWaiters
{
    private readonly List<(AttachmentKey Key, string? Interface, TaskCompletionSource Done)> _waiters = [];

    /// <summary>Somebody still waits: callers may have given up in the meantime.</summary>
    public bool Any
    {
        get
        {
            _waiters.RemoveAll(waiter => waiter.Done.Task.IsCompleted);
            return _waiters.Count > 0;
        }
    }

    /// <summary>An ADD, done when its interface is open in the kernel.</summary>
    public void AddCommit(AttachmentKey key, string hostInterface, TaskCompletionSource done) =>
        _waiters.Add((key, hostInterface, done));

    /// <summary>A DEL, done with the next transaction. It ends the ADDs of its attachment.</summary>
    public void AddRemove(AttachmentKey key, TaskCompletionSource done)
    {
        Cancel(waiter => waiter == key);
        _waiters.Add((key, null, done));
    }

    /// <summary>Whoever waits for the next transaction, whatever is in it.</summary>
    public void Add(TaskCompletionSource done) => _waiters.Add((default, null, done));

    /// <summary>A transaction was committed.</summary>
    /// <param name="isOpen">Whether an interface has its pod's rules in it.</param>
    public void OnCommitted(Func<string, bool> isOpen) => _waiters.RemoveAll(waiter =>
        (waiter.Interface is null || isOpen(waiter.Interface)) && (waiter.Done.TrySetResult() || true));

    /// <summary>The loop ends.</summary>
    public void CancelAll() => Cancel(_ => true);

    private void Cancel(Func<AttachmentKey, bool> whose) =>
        _waiters.RemoveAll(waiter => whose(waiter.Key) && (waiter.Done.TrySetCanceled() || true));
}
