using System.Collections.Immutable;
using Routing.Bgp.Fsm;
using Routing.Bgp.Wire.Iana;

namespace Routing.Bgp.Session;

/// <summary>The taps of all sessions; they come and go while the sessions run. Without any, a message costs one
/// comparison.</summary>
internal sealed class SessionTaps
{
    private ImmutableArray<ISessionTap> _taps = []; // one reference, swapped: whoever reads it has a snapshot

    /// <summary>For sessions nobody listens to.</summary>
    public static SessionTaps None { get; } = new();

    /// <summary>Who listens now.</summary>
    public ImmutableArray<ISessionTap> Current
    {
        get => _taps;
        set => _taps = value;
    }

    /// <summary>See <see cref="ISessionTap.OnReceived"/>.</summary>
    public void OnReceived(SessionEnds ends, MessageType type, ReadOnlySpan<byte> body)
    {
        foreach (var tap in _taps)
        {
            tap.OnReceived(ends, type, body);
        }
    }

    /// <summary>See <see cref="ISessionTap.OnState"/>.</summary>
    public void OnState(SessionEnds ends, SessionState from, SessionState to)
    {
        foreach (var tap in _taps)
        {
            tap.OnState(ends, from, to);
        }
    }
}
