namespace Routing.Bgp.Rib.Inbox;

/// <summary>A request with an answer.</summary>
/// <param name="work">Runs on the RIB's thread; must not wait.</param>
internal sealed class RibRequest<T>(Func<RibEngine, T> work) : RibRequest
{
    private readonly TaskCompletionSource<T> _answer = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>The answer.</summary>
    public Task<T> Answer => _answer.Task;

    /// <inheritdoc/>
    public override void Run(RibEngine rib) => _answer.TrySetResult(work(rib));

    /// <inheritdoc/>
    public override void Cancel() => _answer.TrySetCanceled();
}
