using Routing.Bgp.Rib;

namespace Routing.Bgp.Session;

/// <summary>What has gone over a peer's connections since its session object was made. Written by the reader and the
/// writer of the link and by the session's loop, read by anyone.</summary>
internal sealed class PeerCounters
{
    private long _octetsIn;
    private long _octetsOut;
    private long _treatedAsWithdraw;
    private long _attributesDiscarded;
    private long _sessionsLost;
    private long _holdTimerExpiries;

    /// <summary>Messages received.</summary>
    public MessageTally In { get; } = new();

    /// <summary>Messages sent.</summary>
    public MessageTally Out { get; } = new();

    public long OctetsIn => Interlocked.Read(ref _octetsIn);

    public long OctetsOut => Interlocked.Read(ref _octetsOut);

    public long TreatedAsWithdraw => Interlocked.Read(ref _treatedAsWithdraw);

    public long AttributesDiscarded => Interlocked.Read(ref _attributesDiscarded);

    /// <summary>How often the session left Established.</summary>
    public long SessionsLost => Interlocked.Read(ref _sessionsLost);

    /// <summary>How often the peer was silent for a hold time.</summary>
    public long HoldTimerExpiries => Interlocked.Read(ref _holdTimerExpiries);

    public void Read(int octets) => Interlocked.Add(ref _octetsIn, octets);

    public void Sent(EncodedMessages messages)
    {
        Out.Add(messages.Octets.Span, messages.MessageCount);
        Interlocked.Add(ref _octetsOut, messages.Octets.Length);
    }

    public void WithdrewMalformed() => Interlocked.Increment(ref _treatedAsWithdraw);

    public void DiscardedAttribute() => Interlocked.Increment(ref _attributesDiscarded);

    public void LostSession() => Interlocked.Increment(ref _sessionsLost);

    public void HoldTimerExpired() => Interlocked.Increment(ref _holdTimerExpiries);
}
