using Routing.Bgp.Rib.Inbox;

namespace Routing.Bgp.Rib;

/// <summary>A session as the RIB sees it: a bounded queue of encoded messages.</summary>
internal interface IPeerOutput
{
    /// <summary>Queues messages that may be shared with other members of the update group; never blocks, and is called by
    /// the RIB's thread alone. All of them are taken, each with a <see cref="EncodedMessages.Retain"/> of the queue's own
    /// that ends when its octets have been written, or none is. A member that is the source of some of the routes gets
    /// the shared octets in several slices around its own, hence the span.</summary>
    /// <returns>False when the queue is full. The RIB keeps the member's own position, coalesces, and goes on after
    /// <see cref="IRibInbox.OutputReadyAsync"/>, which the session owes after every false.</returns>
    bool TryWrite(ReadOnlySpan<EncodedMessages> messages);
}
