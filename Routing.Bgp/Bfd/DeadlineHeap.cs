namespace Routing.Bgp.Bfd;

/// <summary>Sessions by their next deadline: a binary heap whose members know their places, so that each packet moves one
/// member a few steps and allocates nothing.</summary>
internal sealed class DeadlineHeap
{
    private readonly List<BfdSession> _heap = [];

    /// <summary>The session that falls due first.</summary>
    public BfdSession? First => _heap.Count > 0 ? _heap[0] : null;

    /// <summary>Enters a session, or moves it to another deadline.</summary>
    public void Set(BfdSession session, long deadline)
    {
        if (session.HeapIndex < 0)
        {
            session.HeapIndex = _heap.Count;
            _heap.Add(session);
        }

        session.Deadline = deadline;
        Down(Up(session.HeapIndex));
    }

    /// <summary>Takes a session out.</summary>
    public void Remove(BfdSession session)
    {
        var index = session.HeapIndex;
        var last = _heap.Count - 1;
        session.HeapIndex = -1;
        var moved = _heap[last];
        _heap.RemoveAt(last);
        if (index < last)
        {
            Place(moved, index);
            Down(Up(index));
        }
    }

    private int Up(int index)
    {
        var session = _heap[index];
        while (index > 0 && _heap[(index - 1) / 2] is var parent && parent.Deadline > session.Deadline)
        {
            Place(parent, index);
            index = (index - 1) / 2;
        }

        Place(session, index);
        return index;
    }

    private void Down(int index)
    {
        var session = _heap[index];
        while (true)
        {
            var child = (2 * index) + 1;
            if (child + 1 < _heap.Count && _heap[child + 1].Deadline < _heap[child].Deadline)
            {
                child++;
            }

            if (child >= _heap.Count || _heap[child].Deadline >= session.Deadline)
            {
                break;
            }

            Place(_heap[child], index);
            index = child;
        }

        Place(session, index);
    }

    private void Place(BfdSession session, int index)
    {
        _heap[index] = session;
        session.HeapIndex = index;
    }
}
