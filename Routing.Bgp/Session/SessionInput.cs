using Routing.Bgp.Fsm;
using Routing.Bgp.Session.Tcp;
using Routing.Bgp.Wire.Messages;

namespace Routing.Bgp.Session;

/// <summary>A message to a <see cref="PeerSession"/>'s loop; which fields are set depends on the kind.</summary>
internal readonly record struct SessionInput(SessionInputKind Kind)
{
    /// <summary>Link: where it comes from. Stale when the slot has dropped that link meanwhile.</summary>
    public PeerLink? Link { get; init; }

    /// <summary>Link: the FSM's event.</summary>
    public SessionEvent Event { get; init; }

    /// <summary>Link, with OpenReceived: what the peer said, to be negotiated by the loop.</summary>
    public OpenMessage? Open { get; init; }

    /// <summary>Why, in words, where something failed.</summary>
    public string? Reason { get; init; }

    /// <summary>Link: completed when the loop has dealt with it, true once the session is Established.</summary>
    public TaskCompletionSource<bool>? Handled { get; init; }

    /// <summary>Connected and Accepted: the new connection.</summary>
    public IBgpConnection? Connection { get; init; }

    /// <summary>Connected and ConnectFailed: the attempt, stale when the slot has given it up meanwhile.</summary>
    public CancellationTokenSource? Attempt { get; init; }

    /// <summary>Keys: the new ones.</summary>
    public PeerKeys? Keys { get; init; }

    /// <summary>Stop, Reset and Shutdown: what the peer is told; null closes without a word.</summary>
    public NotificationMessage? Notification { get; init; }
}
