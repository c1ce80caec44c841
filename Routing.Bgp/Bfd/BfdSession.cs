using System.Net;
using Routing.Bgp.Bfd.Authentication;

namespace Routing.Bgp.Bfd;

/// <summary>A session with what surrounds its <see cref="BfdMachine"/>: owned by the engine, seen by others through
/// <see cref="Status"/> alone.</summary>
internal sealed class BfdSession
{
    private readonly DateTimeOffset _created;
    private volatile BfdStatus _status;
    private long _received;
    private long _sent;
    private long _discarded;
    private long _unauthenticated;

    public BfdSession(IPAddress remote, BfdPathKey key, BfdMachine machine, IBfdPath path, Action onChange, DateTimeOffset now)
    {
        (Remote, Key, Machine, Path, OnChange, _created) = (remote, key, machine, path, onChange, now);
        _status = Snapshot(now);
    }

    /// <summary>The other end.</summary>
    public IPAddress Remote { get; }

    /// <summary>What its packets are known by.</summary>
    public BfdPathKey Key { get; }

    /// <summary>The protocol.</summary>
    public BfdMachine Machine { get; }

    /// <summary>Signs and judges packets; null without authentication.</summary>
    public BfdAuthenticator? Authenticator { get; set; }

    /// <summary>The way out.</summary>
    public IBfdPath Path { get; }

    /// <summary>Called on the engine's thread when the state has changed; must not wait.</summary>
    public Action OnChange { get; }

    /// <summary>Place in the engine's <see cref="DeadlineHeap"/>; below zero when it is in none.</summary>
    public int HeapIndex { get; set; } = -1;

    /// <summary>When it falls due.</summary>
    public long Deadline { get; set; }

    /// <summary>When a session that was taken down has told the other side for long enough.</summary>
    public long? RemoveAt { get; set; }

    /// <summary>The session at this moment; any thread may ask.</summary>
    public BfdStatus Status => _status with
    {
        PacketsReceived = Interlocked.Read(ref _received),
        PacketsSent = Interlocked.Read(ref _sent),
        PacketsDiscarded = Interlocked.Read(ref _discarded),
        PacketsUnauthenticated = Interlocked.Read(ref _unauthenticated),
    };

    public void CountReceived() => Interlocked.Increment(ref _received);

    public void CountSent() => Interlocked.Increment(ref _sent);

    public void CountDiscarded(BfdDiscard why)
    {
        Interlocked.Increment(ref _discarded);
        if (why == BfdDiscard.Authentication)
        {
            Interlocked.Increment(ref _unauthenticated);
        }
    }

    /// <summary>True when what a snapshot shows is not what is.</summary>
    public bool IsOutdated => _status.State != Machine.State
        || _status.RemoteState != Machine.RemoteState
        || _status.Failures != Machine.Failures
        || _status.Authentication != Authenticator?.Options.Type
        || _status.RemoteDiscriminator != Machine.RemoteDiscriminator
        || _status.TransmitInterval != Microseconds(Machine.TransmitInterval)
        || _status.DetectionTime != Microseconds(Machine.DetectionTime);

    /// <summary>Swaps the snapshot.</summary>
    public void Publish(DateTimeOffset now) => _status = Snapshot(now);

    private static TimeSpan Microseconds(ulong count) => new((long)count * TimeSpan.TicksPerMicrosecond);

    private BfdStatus Snapshot(DateTimeOffset now) => new()
    {
        Remote = Remote,
        Multihop = Key.IsMultihop,
        State = Machine.State,
        Since = _status is { } before && before.State == Machine.State ? before.Since : _status is null ? _created : now,
        RemoteState = Machine.RemoteState,
        Diagnostic = Machine.Diagnostic,
        RemoteDiagnostic = Machine.RemoteDiagnostic,
        LocalDiscriminator = Machine.LocalDiscriminator,
        RemoteDiscriminator = Machine.RemoteDiscriminator,
        RemoteIsControlPlaneIndependent = Machine.RemoteIsIndependent,
        TransmitInterval = Microseconds(Machine.TransmitInterval),
        DetectionTime = Microseconds(Machine.DetectionTime),
        Failures = Machine.Failures,
        Authentication = Authenticator?.Options.Type,
    };
}
