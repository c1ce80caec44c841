namespace Routing.Bgp.Rib;

/// <summary>A session as the RIB sees it: a bounded queue of encoded messages.</summary>
internal interface IPeerOutput
{
    /// <summary>Queues messages that may be shared with other members of the update group; never blocks.</summary>
    /// <returns>False when the queue is full: nothing was taken. The RIB keeps the member's own position, coalesces, and
    /// goes on after <see cref="IRibInbox.OutputReadyAsync"/>.</returns>
    bool TryWrite(EncodedMessages messages);
}
