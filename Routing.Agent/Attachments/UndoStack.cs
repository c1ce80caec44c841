namespace Routing.Agent.Attachments;

/// <summary>What takes back the steps done so far, last first. Cleared on success.</summary>
internal sealed class UndoStack
{
    private readonly Stack<Func<Task>> _steps = new();

    public void Push(Func<Task> undo) => _steps.Push(undo);

    public void Push(Action undo) => _steps.Push(() =>
    {
        undo();
        return Task.CompletedTask;
    });

    public void Clear() => _steps.Clear();

    /// <summary>Takes the steps back. One that cannot be taken back ends it: the steps below it hold what it still uses
    /// (an interface its address), and stay for a later DEL.</summary>
    public async Task RunAsync()
    {
        while (_steps.TryPop(out var undo))
        {
            await undo();
        }
    }
}
