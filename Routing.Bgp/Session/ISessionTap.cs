using Routing.Bgp.Fsm;
using Routing.Bgp.Wire.Iana;

namespace Routing.Bgp.Session;

/// <summary>Sees what goes on in the sessions, as an update log does. Called by their readers and loops at the same time,
/// so an implementation copies and returns; what it cannot take it drops.</summary>
internal interface ISessionTap
{
    /// <summary>A message came.</summary>
    /// <param name="ends">The connection.</param>
    /// <param name="type">Its type.</param>
    /// <param name="body">What follows its header. Borrowed.</param>
    void OnReceived(SessionEnds ends, MessageType type, ReadOnlySpan<byte> body);

    /// <summary>The session changed its state; states that lasted no turn of its loop are passed over.</summary>
    void OnState(SessionEnds ends, SessionState from, SessionState to);
}
