namespace Routing.Bgp.Bfd;

/// <summary>One session as RFC 5880 §6.8 has it: its variables and what packets and time do to them. No socket, clock or
/// thread: whoever runs it brings packets and the time in microseconds, and sends what it hands out.</summary>
/// <remarks>
/// Active role, asynchronous mode, no echo. The other side may ask for demand mode (§6.6), which we honour.
/// <code>
///            hears Down            hears Init or Up
///   Down ───────────────► Init ───────────────────► Up
///    │  hears Init                                   ▲ │  hears Down or AdminDown,
///    └───────────────────────────────────────────────┘ └► or nothing for the detection time: Down
/// </code>
/// </remarks>
internal sealed partial class BfdMachine
{
    private readonly Func<double> _random;

    /// <param name="discriminator">Ours; not zero, unique on this system.</param>
    /// <param name="timing">What we ask for.</param>
    /// <param name="random">From 0 up to 1, for jitter.</param>
    /// <param name="now">The time; the first packet goes out at once.</param>
    public BfdMachine(uint discriminator, BfdTiming timing, Func<double> random, long now)
    {
        (LocalDiscriminator, _timing, _random) = (discriminator, timing, random);
        (_desiredMinTransmit, _transmitInEffect) = (SlowTransmit, SlowTransmit);
        (_requiredMinReceive, _receiveInEffect) = (timing.MinimumReceive, timing.MinimumReceive);
        _nextTransmit = now;
        _lastTransmit = now;
    }

    /// <summary>bfd.SessionState.</summary>
    public BfdState State { get; private set; } = BfdState.Down;

    /// <summary>bfd.RemoteSessionState.</summary>
    public BfdState RemoteState { get; private set; } = BfdState.Down;

    /// <summary>bfd.LocalDiscr.</summary>
    public uint LocalDiscriminator { get; }

    /// <summary>bfd.RemoteDiscr; zero while nothing is heard.</summary>
    public uint RemoteDiscriminator { get; private set; }

    /// <summary>bfd.LocalDiag: why the session last left Up.</summary>
    public BfdDiagnostic Diagnostic { get; private set; }

    /// <summary>What the other side said last of why it is down.</summary>
    public BfdDiagnostic RemoteDiagnostic { get; private set; }

    /// <summary>The other side's C bit: its BFD would go on when its control plane does not (RFC 5882 §3.3).</summary>
    public bool RemoteIsIndependent { get; private set; }

    /// <summary>Times that Up ended because the path failed. Not those when an operator on either side took the session
    /// down: for them nothing is to be done (RFC 5882 §3.2).</summary>
    public int Failures { get; private set; }

    /// <summary>Takes a packet that was found to be this session's.</summary>
    public void Receive(in BfdPacket packet, long now)
    {
        RemoteDiscriminator = packet.MyDiscriminator;
        RemoteState = packet.State;
        RemoteDiagnostic = packet.Diagnostic;
        RemoteIsIndependent = packet.Has(BfdFlags.ControlPlaneIndependent);
        _remoteDemand = packet.Has(BfdFlags.Demand);
        _remoteMinReceive = packet.RequiredMinReceive;
        _remoteMinTransmit = packet.DesiredMinTransmit;
        _remoteDetectMultiplier = packet.DetectMultiplier;
        if (packet.Has(BfdFlags.Final) && _isPolling)
        {
            EndPoll();
        }

        if (State == BfdState.AdminDown)
        {
            return; // §6.8.6: discarded, and the detection timer is left alone
        }

        Follow(packet.State, now);
        if (packet.Has(BfdFlags.Poll))
        {
            _owesFinal = true; // §6.8.7: "as soon as practicable", whatever the transmission timer says
        }

        _lastReceived = now;
        Reschedule();
    }

    /// <summary>Other timers by configuration. While Up the other side hears of them in a Poll Sequence (§6.8.3).</summary>
    public void Change(BfdTiming timing)
    {
        _timing = timing;
        SetTiming();
    }

    /// <summary>An operator takes the session down (§6.8.16).</summary>
    public void Disable(long now)
    {
        Diagnostic = BfdDiagnostic.AdministrativelyDown;
        Enter(BfdState.AdminDown, now);
    }

    /// <summary>The state machine of §6.2, as §6.8.6 words it.</summary>
    private void Follow(BfdState received, long now)
    {
        switch (State, received)
        {
            case (BfdState.Init or BfdState.Up, BfdState.AdminDown):
                Leave(BfdDiagnostic.NeighborSignaledSessionDown, isFailure: false, now);
                break;
            case (BfdState.Up, BfdState.Down):
                Leave(BfdDiagnostic.NeighborSignaledSessionDown, isFailure: true, now);
                break;
            case (BfdState.Down, BfdState.Down):
                Enter(BfdState.Init, now);
                break;
            case (BfdState.Down, BfdState.Init):
            case (BfdState.Init, BfdState.Init or BfdState.Up):
                Diagnostic = BfdDiagnostic.None;
                Enter(BfdState.Up, now);
                break;
        }
    }

    private void Leave(BfdDiagnostic diagnostic, bool isFailure, long now)
    {
        Diagnostic = diagnostic;
        if (isFailure && State == BfdState.Up)
        {
            Failures++;
        }

        Enter(BfdState.Down, now);
    }

    private void Enter(BfdState state, long now)
    {
        State = state;
        SetTiming();
        _nextTransmit = now; // §6.8.7: a packet whose contents differ goes out at once
    }
}
