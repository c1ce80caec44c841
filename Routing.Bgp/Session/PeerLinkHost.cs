using System.Threading.Channels;
using Microsoft.Extensions.Logging;
using Routing.Bgp.Rib;
using Routing.Bgp.Rib.Inbox;

namespace Routing.Bgp.Session;

/// <summary>What the links of one peer share.</summary>
/// <param name="Name">The peer's name, for logs.</param>
/// <param name="Peer">The peer's place in the RIB.</param>
/// <param name="Inbox">The session's loop.</param>
/// <param name="Rib">The RIB.</param>
/// <param name="Time">The clock.</param>
/// <param name="Counters">The peer's counters.</param>
/// <param name="Taps">Who sees the messages.</param>
/// <param name="Ends">The two ends of the session, of which a link fills in its own address.</param>
/// <param name="Logger">The session's logger.</param>
/// <param name="Aborted">The whole session is being torn down without ceremony.</param>
internal sealed record PeerLinkHost(
    string Name,
    PeerIndex Peer,
    ChannelWriter<SessionInput> Inbox,
    IRibInbox Rib,
    TimeProvider Time,
    PeerCounters Counters,
    SessionTaps Taps,
    SessionEnds Ends,
    ILogger Logger,
    CancellationToken Aborted);
