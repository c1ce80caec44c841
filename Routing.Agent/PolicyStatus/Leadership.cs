namespace Routing.Agent.PolicyStatus;

/// <summary>Whether this process is the one that writes. Set by <see cref="LeaseLoop"/>, read from any thread.</summary>
internal sealed class Leadership
{
    private volatile TaskCompletionSource _changed = New();
    private volatile bool _isHeld;

    /// <summary>True while it is.</summary>
    public bool IsHeld => _isHeld;

    /// <summary>Completes at the next change. To miss none, take it before looking at <see cref="IsHeld"/>.</summary>
    public Task Changed => _changed.Task;

    /// <summary>It begins or ends.</summary>
    public void Set(bool isHeld)
    {
        if (_isHeld == isHeld)
        {
            return;
        }

        _isHeld = isHeld;
        var changed = _changed;
        _changed = New();
        changed.SetResult();
    }

    private static TaskCompletionSource New() => new(TaskCreationOptions.RunContinuationsAsynchronously);
}
