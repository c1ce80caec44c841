using System.Net;
using Routing.Bgp.Bfd.Authentication;
using Routing.Bgp.Wire;

namespace Routing.Bgp.Bfd;

/// <summary>All sessions of a speaker: which of them a packet is for, and which of them time has come for. Single threaded
/// and without a socket or clock of its own: <see cref="BfdLoop"/> owns it, tests drive it.</summary>
/// <param name="jitter">From 0 up to 1.</param>
/// <param name="discriminators">Numbers for new sessions, and to count authenticated packets from; random, so that an
/// attacker off the path cannot guess them (RFC 5880 §9).</param>
/// <param name="clock">For "since" in status alone.</param>
internal sealed class BfdEngine(Func<double> jitter, Func<uint> discriminators, TimeProvider clock)
{
    /// <summary>GTSM (RFC 5881 §5): no router on the way has taken one off.</summary>
    private const int UntouchedTimeToLive = 255;

    private readonly Dictionary<uint, BfdSession> _byDiscriminator = [];
    private readonly Dictionary<BfdPathKey, BfdSession> _byPath = [];
    private readonly DeadlineHeap _deadlines = new();
    private long _discarded;

    /// <summary>Packets that were no session's.</summary>
    public long Discarded => Interlocked.Read(ref _discarded);

    /// <summary>When <see cref="Run"/> has something to do; <see cref="BfdMachine.Never"/> without sessions.</summary>
    public long NextDeadline => _deadlines.First?.Deadline ?? BfdMachine.Never;

    /// <summary>Begins a session. One that is on its way out to the same neighbour makes room.</summary>
    public BfdSession Add(
        IPAddress remote,
        bool isMultihop,
        BfdTiming timing,
        IBfdPath path,
        Action onChange,
        long now,
        BfdAuthenticationOptions? authentication = null)
    {
        var key = BfdPathKey.For(remote, isMultihop);
        if (_byPath.TryGetValue(key, out var before))
        {
            Remove(before);
        }

        var machine = new BfdMachine(NewDiscriminator(), timing, jitter, now);
        var session = new BfdSession(remote, key, machine, path, onChange, clock.GetUtcNow());
        SetAuthentication(session, authentication);
        _byDiscriminator.Add(machine.LocalDiscriminator, session);
        _byPath.Add(key, session);
        _deadlines.Set(session, machine.Deadline);
        return session;
    }

    /// <summary>Takes a session down for good. The other side is told for a detection time, so that it does not take our
    /// silence for a failure of the path (RFC 5880 §6.8.16).</summary>
    public void Disable(BfdSession session, long now)
    {
        if (!IsKnown(session))
        {
            return;
        }

        var wasHeard = session.Machine.RemoteDiscriminator != 0;
        session.Machine.Disable(now);
        session.RemoveAt = wasHeard ? now + (long)session.Machine.DetectionTime : now;
        Settle(session, now);
    }

    /// <summary>Other timers or keys by configuration.</summary>
    public void Change(BfdSession session, BfdTiming timing, long now, BfdAuthenticationOptions? authentication = null)
    {
        session.Machine.Change(timing);
        SetAuthentication(session, authentication);
        Settle(session, now);
    }

    /// <summary>Takes a datagram.</summary>
    /// <returns>Why it was thrown away.</returns>
    public BfdDiscard Receive(in BfdOrigin origin, ReadOnlySpan<byte> payload, long now)
    {
        var discard = Find(origin, payload, out var packet, out var session);
        if (discard == BfdDiscard.None && !IsAuthentic(session!, payload, packet, now))
        {
            discard = BfdDiscard.Authentication;
        }

        if (discard == BfdDiscard.None)
        {
            session!.CountReceived();
            session.Machine.Receive(packet, now);
            Settle(session, now);
        }
        else if (_byPath.TryGetValue(origin.From, out var neighbour))
        {
            neighbour.CountDiscarded(discard);
        }
        else
        {
            Interlocked.Increment(ref _discarded);
        }

        return discard;
    }

    /// <summary>Does what has fallen due. Read what has arrived first: a packet that lies in the socket while this process
    /// had no processor is no silence.</summary>
    public void Run(long now)
    {
        while (_deadlines.First is { } session && session.Deadline <= now)
        {
            Settle(session, now);
        }
    }

    /// <summary>Takes all sessions down, once and at once: the process ends.</summary>
    public void DisableAll(long now)
    {
        foreach (var session in _byPath.Values.ToList())
        {
            Disable(session, now);
            if (IsKnown(session))
            {
                Remove(session);
            }
        }
    }

    private BfdDiscard Find(
        in BfdOrigin origin, ReadOnlySpan<byte> payload, out BfdPacket packet, out BfdSession? session)
    {
        session = null;
        if (!BfdPacket.TryDecode(payload, out packet, out var discard))
        {
            return discard;
        }

        // RFC 5881 §5: a single-hop packet with another TTL is discarded, with authentication too, as we may. Over more hops
        // any TTL is possible (RFC 5883 §5).
        if (!origin.From.IsMultihop && origin.TimeToLive != UntouchedTimeToLive)
        {
            return BfdDiscard.TimeToLive;
        }

        if (packet.YourDiscriminator == 0)
        {
            return _byPath.TryGetValue(origin.From, out session) ? BfdDiscard.None : BfdDiscard.NoSession;
        }

        if (!_byDiscriminator.TryGetValue(packet.YourDiscriminator, out session))
        {
            return BfdDiscard.NoSession;
        }

        // The RFC demultiplexes by the discriminator alone; but a session here is with one address, and a stranger who
        // guesses discriminators should not get to speak for it.
        return session.Key == origin.From ? BfdDiscard.None : BfdDiscard.Source;
    }

    /// <summary>RFC 5880 §6.8.6: signed as agreed, or not signed as agreed.</summary>
    private static bool IsAuthentic(BfdSession session, ReadOnlySpan<byte> payload, in BfdPacket packet, long now) =>
        session.Authenticator is { } authenticator
            ? authenticator.Verify(payload, packet, session.Machine.DetectionTime, now)
            : !packet.Has(BfdFlags.AuthenticationPresent);

    private void SetAuthentication(BfdSession session, BfdAuthenticationOptions? options)
    {
        if (options is null)
        {
            session.Authenticator = null;
        }
        else if (session.Authenticator is { } authenticator)
        {
            authenticator.Options = options;
        }
        else
        {
            session.Authenticator = new BfdAuthenticator(options, discriminators());
        }
    }

    /// <summary>After anything has happened to a session: sends what is due, shows what changed, finds the next
    /// deadline.</summary>
    private void Settle(BfdSession session, long now)
    {
        Span<byte> buffer = stackalloc byte[BfdPacket.Size + BfdAuthenticator.MostOctets];
        while (session.Machine.TryTakeDue(now, out var packet))
        {
            var writer = new WireWriter(buffer);
            packet.Encode(ref writer);
            session.Path.Send(buffer[..(session.Authenticator?.Sign(buffer) ?? BfdPacket.Size)]);
            session.CountSent();
        }

        if (session.RemoveAt <= now)
        {
            Remove(session);
            return;
        }

        var deadline = session.Machine.Deadline;
        _deadlines.Set(session, session.RemoveAt < deadline ? session.RemoveAt.Value : deadline);
        if (session.IsOutdated)
        {
            session.Publish(clock.GetUtcNow());
            session.OnChange();
        }
    }

    private void Remove(BfdSession session)
    {
        _byDiscriminator.Remove(session.Machine.LocalDiscriminator);
        _byPath.Remove(session.Key);
        _deadlines.Remove(session);
        session.Path.Dispose();
    }

    private static bool IsKnown(BfdSession session) => session.HeapIndex >= 0;

    /// <summary>RFC 5880 §6.8.1: unique and not zero.</summary>
    private uint NewDiscriminator()
    {
        var candidate = discriminators();
        while (candidate == 0 || _byDiscriminator.ContainsKey(candidate))
        {
            candidate = discriminators();
        }

        return candidate;
    }
}
