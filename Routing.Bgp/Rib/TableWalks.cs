namespace Routing.Bgp.Rib;

/// <summary>Work on all prefixes of a family, done in slices between which the RIB takes messages, so that a million prefixes
/// hold up nobody. Prefixes that come meanwhile are judged by what holds when they come.</summary>
internal sealed class TableWalks(LocRib locRib)
{
    /// <summary>Rows of a slice: about a millisecond of looking, some ten of judging each again.</summary>
    private const int RowsPerSlice = 4096;

    private readonly Queue<(Action<int> Visit, Action? Done)> _waiting = [];
    private int _next = 1;

    /// <summary>Adds a walk behind those under way.</summary>
    /// <param name="visit">Takes a row, which may have no paths.</param>
    /// <param name="done">After the last row.</param>
    public void Add(Action<int> visit, Action? done = null) => _waiting.Enqueue((visit, done));

    /// <summary>One slice.</summary>
    /// <returns>True when there is more to do.</returns>
    public bool Run()
    {
        if (!_waiting.TryPeek(out var walk))
        {
            return false;
        }

        for (var left = RowsPerSlice; left > 0 && _next < locRib.Prefixes.End; left--)
        {
            walk.Visit(_next++);
        }

        if (_next >= locRib.Prefixes.End)
        {
            _next = 1;
            _waiting.Dequeue();
            walk.Done?.Invoke();
        }

        return _waiting.Count > 0;
    }
}
