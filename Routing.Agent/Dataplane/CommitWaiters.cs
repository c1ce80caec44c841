using Routing.Agent.Attachments;

namespace Routing.Agent.Dataplane;

/// <summary>ADDs and DELs that wait for a transaction, and answers of DNS. Owned by the <see cref="DataplaneLoop"/>.</summary>
/// <remarks>An ADD waits as long as it takes: it opens something. The others wait for the next transaction while there is one to wait for.
/// When none comes (inputs are not known, or the kernel or the verifier refuses it, perhaps for good), a DEL ends without, and the
/// entries of its pod stand until one comes. They open nothing to anybody else:
/// <list type="bullet">
/// <item>The pod's interface is gone, and with it whoever could send by its entries. Its name is its container's, which does not come
/// back; should the same pod be added by it again, these rules are its own, as those of all pods that go by old rules.</item>
/// <item>Its address may be another pod's at once, and others' rules may still let it in as the former pod's. That pod's interface is in
/// no rule that stands: it is closed, both ways. What opens it is a transaction, and every ruleset that is compiled from now on has the
/// former pod no more, neither its interface nor its address as its own. Rules that are put back meanwhile have only the former one.</item>
/// <item>Of the former pod's connections, packets may come to the new one before that. Its ADD has not ended then, so that nothing of it
/// runs; when it ends, the address has moved, and all connections under it are judged by the new pod's rules.</item>
/// </list>
/// </remarks>
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

    /// <summary>A DEL. It ends the ADDs of its attachment.</summary>
    public void AddRemove(AttachmentKey key, TaskCompletionSource done)
    {
        Cancel(waiter => waiter == key);
        _waiters.Add((key, null, done));
    }

    /// <summary>Names that stand for something else.</summary>
    public void Add(TaskCompletionSource done) => _waiters.Add((default, null, done));

    /// <summary>A transaction was committed.</summary>
    /// <param name="isOpen">Whether an interface has its pod's rules in it.</param>
    public void OnCommitted(Func<string, bool> isOpen) => _waiters.RemoveAll(waiter =>
        (waiter.Interface is null || isOpen(waiter.Interface)) && (waiter.Done.TrySetResult() || true));

    /// <summary>The owner has looked at what is due, as it does at once when somebody waits. Who still waits, and opens nothing, would
    /// wait for what nobody can tell.</summary>
    public void OnLooked() => _waiters.RemoveAll(waiter => waiter.Interface is null && (waiter.Done.TrySetResult() || true));

    /// <summary>The loop ends.</summary>
    public void CancelAll() => Cancel(_ => true);

    private void Cancel(Func<AttachmentKey, bool> whose) =>
        _waiters.RemoveAll(waiter => whose(waiter.Key) && (waiter.Done.TrySetCanceled() || true));
}
