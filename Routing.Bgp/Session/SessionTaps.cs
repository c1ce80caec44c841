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

    /// <summary>From here on the tap is told.</summary>
    public void Add(ISessionTap tap) => ImmutableInterlocked.Update(ref _taps, taps => taps.Add(tap));

    /// <summary>The tap is told no more; a call that is under way may still reach it.</summary>
    public void Remove(ISessionTap tap) => ImmutableInterlocked.Update(ref _taps, taps => taps.Remove(tap));

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
