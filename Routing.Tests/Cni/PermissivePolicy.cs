using Routing.Agent.Attachments;
using Routing.Agent.Dataplane;

namespace Routing.Tests.Cni;

/// <summary>A packet filter that lets everything pass, remembers for whom, and fails or waits on request.</summary>
internal sealed class PermissivePolicy : IPodPolicy
{
    private readonly Lock _lock = new();
    private readonly HashSet<AttachmentKey> _open = [];
    private volatile int _begun;

    /// <summary>Thrown by the next commit, once.</summary>
    public Exception? FailNextCommit { get; set; }

    /// <summary>Commits wait for it; completed unless a test holds them.</summary>
    public Task Gate { get; set; } = Task.CompletedTask;

    /// <summary>How many commits have begun: each waits for the gate as it was then.</summary>
    public int Begun => _begun;

    /// <summary>How many commits there were.</summary>
    public int Commits { get; private set; }

    /// <summary>The attachments with rules.</summary>
    public IReadOnlyCollection<AttachmentKey> Open
    {
        get
        {
            lock (_lock)
            {
                return [.. _open];
            }
        }
    }

    /// <summary>As after a restart of the agent, which builds its rules from the attachments it finds.</summary>
    public void Forget()
    {
        lock (_lock)
        {
            _open.Clear();
        }
    }

    public async Task CommitAsync(Attachment attachment, CancellationToken cancellationToken)
    {
        var gate = Gate;
        Interlocked.Increment(ref _begun);
        await gate.WaitAsync(cancellationToken);
        lock (_lock)
        {
            if (FailNextCommit is { } failure)
            {
                FailNextCommit = null;
                throw failure;
            }

            Commits++;
            _open.Add(attachment.Key);
        }
    }

    public Task RemoveAsync(AttachmentKey key, CancellationToken cancellationToken)
    {
        lock (_lock)
        {
            _open.Remove(key);
        }

        return Task.CompletedTask;
    }
}
