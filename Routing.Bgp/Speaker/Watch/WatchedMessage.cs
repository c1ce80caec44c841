using Routing.Bgp.Fsm;
using Routing.Bgp.Session;
using Routing.Bgp.Wire.Iana;

namespace Routing.Bgp.Speaker.Watch;

/// <summary>What a tap notes on a session's task: a copy, not yet decoded.</summary>
internal readonly record struct WatchedMessage(DateTimeOffset Time, SessionEnds Ends)
{
    /// <summary>Of a message.</summary>
    public MessageType Type { get; init; }

    /// <summary>Of a message: what follows its header; null for a change of state.</summary>
    public byte[]? Body { get; init; }

    public SessionState From { get; init; }

    public SessionState To { get; init; }

    /// <summary>Messages that found no room since the one before this.</summary>
    public long LostBefore { get; init; }
}
