using Routing.Bgp.Fsm;
using Routing.Bgp.Rib.Views;
using Routing.Bgp.Wire.Iana;
using Routing.Bgp.Wire.Nlri;

namespace Routing.Bgp.Speaker.Watch;

/// <summary>Something that happened in a session.</summary>
/// <param name="Time">When it was seen.</param>
/// <param name="Kind">What; it says which of the other properties are set.</param>
/// <param name="Peer">The neighbour's name; empty where no single one is meant.</param>
public sealed record SpeakerEvent(DateTimeOffset Time, SpeakerEventKind Kind, string Peer)
{
    /// <summary>Of a change of state, what it was before; null in the first report of a neighbour.</summary>
    public SessionState? From { get; init; }

    /// <summary>Of a change of state, what it is now.</summary>
    public SessionState? To { get; init; }

    /// <summary>Of a route.</summary>
    public Prefix? Prefix { get; init; }

    /// <summary>Of a route, the neighbour's identifier of the path (RFC 7911); 0 when it sends none.</summary>
    public uint PathId { get; init; }

    /// <summary>Of an announcement, the attributes as received; what the decision process makes of them is not
    /// here.</summary>
    public PathStatus? Path { get; init; }

    /// <summary>Of End-of-RIB and route refresh.</summary>
    public AfiSafi? Family { get; init; }

    /// <summary>Of a NOTIFICATION, and of an UPDATE with an error: what it says. Of a session that ended: why.</summary>
    public string? Text { get; init; }

    /// <summary>Messages that this watcher has lost because it was slow.</summary>
    public long Lost { get; init; }
}
