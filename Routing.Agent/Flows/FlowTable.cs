namespace Routing.Agent.Flows;

/// <summary>Packets of one window by what they have in common. Bounded: packets of more flows than fit are counted, and
/// that is all. Owned by the <see cref="FlowLoop"/>.</summary>
/// <param name="capacity">Flows of a window.</param>
internal sealed class FlowTable(int capacity)
{
    private readonly Dictionary<FlowKey, (DateTimeOffset First, long Packets)> _flows = [];

    /// <summary>Packets that found no room since the start.</summary>
    public long Overflowed { get; private set; }

    /// <summary>Counts a packet.</summary>
    public void Add(in FlowKey key, DateTimeOffset time)
    {
        if (_flows.TryGetValue(key, out var flow))
        {
            _flows[key] = flow with { Packets = flow.Packets + 1 };
        }
        else if (_flows.Count < capacity)
        {
            _flows.Add(key, (time, 1));
        }
        else
        {
            Overflowed++;
        }
    }

    /// <summary>Ends the window: its flows in order of their first packets.</summary>
    public List<(FlowKey Key, DateTimeOffset First, long Packets)> Take()
    {
        var flows = _flows.OrderBy(flow => flow.Value.First)
            .Select(flow => (flow.Key, flow.Value.First, flow.Value.Packets)).ToList();
        _flows.Clear();
        return flows;
    }
}
