namespace Routing.Bgp.Bfd;

/// <summary>Timers: when to send, when to give up, and the Poll Sequences that change both (RFC 5880 §6.5, §6.8.2 to
/// §6.8.4, §6.8.7).</summary>
internal sealed partial class BfdMachine
{
    /// <summary>Nothing will fall due by itself.</summary>
    public const long Never = long.MaxValue;

    /// <summary>§6.8.3: while not Up a system sends at most once a second.</summary>
    private const uint SlowTransmit = 1_000_000;

    private BfdTiming _timing;
    private uint _desiredMinTransmit; // what packets say: bfd.DesiredMinTxInterval
    private uint _transmitInEffect; // what is gone by; the old value until a Poll Sequence has told of a longer one
    private uint _requiredMinReceive; // bfd.RequiredMinRxInterval
    private uint _receiveInEffect; // likewise, until it has told of a shorter one
    private uint _remoteMinReceive = 1; // §6.8.1
    private uint _remoteMinTransmit;
    private byte _remoteDetectMultiplier;
    private bool _remoteDemand;
    private bool _isPolling;
    private bool _pollsAgain; // something changed after the poll under way began, so its Final may answer the old values
    private bool _owesFinal;
    private long _lastTransmit;
    private long _nextTransmit;
    private long? _lastReceived;

    /// <summary>Time between our packets, before jitter (§6.8.7).</summary>
    public uint TransmitInterval => Math.Max(_transmitInEffect, _remoteMinReceive);

    /// <summary>How long the other side may be silent (§6.8.4); zero before it was heard.</summary>
    public ulong DetectionTime => _remoteDetectMultiplier * (ulong)Math.Max(_receiveInEffect, _remoteMinTransmit);

    /// <summary>When <see cref="TryTakeDue"/> has something to do; <see cref="Never"/> when a packet has to come
    /// first.</summary>
    public long Deadline => _owesFinal ? 0 : Math.Min(SendsPeriodically ? _nextTransmit : Never, DetectionDeadline);

    private long DetectionDeadline => _lastReceived is { } last ? last + (long)DetectionTime : Never;

    /// <summary>§6.8.7: silent while the other side wants nothing (its Required Min RX is zero), or while it is in demand mode
    /// and both are Up; a Poll Sequence of ours is heard all the same in the latter case.</summary>
    private bool SendsPeriodically => _remoteMinReceive != 0
        && !(_remoteDemand && State == BfdState.Up && RemoteState == BfdState.Up && !_isPolling);

    /// <summary>Does what time asks for: declares the path down, hands out a packet.</summary>
    /// <returns>True with a packet to send; ask again until false.</returns>
    public bool TryTakeDue(long now, out BfdPacket packet)
    {
        if (DetectionDeadline <= now)
        {
            Expire(now);
        }

        if (_owesFinal)
        {
            _owesFinal = false;
            packet = MakePacket(BfdFlags.Final); // §6.5: never together with Poll
            return true;
        }

        if (SendsPeriodically && _nextTransmit <= now)
        {
            _lastTransmit = now;
            _nextTransmit = now + Jittered(TransmitInterval);
            packet = MakePacket(_isPolling ? BfdFlags.Poll : BfdFlags.None);
            return true;
        }

        packet = default;
        return false;
    }

    private BfdPacket MakePacket(BfdFlags flag) => new()
    {
        Diagnostic = Diagnostic,
        State = State,
        Flags = flag, // C stays clear: this BFD ends with the process that speaks BGP
        DetectMultiplier = _timing.DetectMultiplier,
        MyDiscriminator = LocalDiscriminator,
        YourDiscriminator = RemoteDiscriminator,
        DesiredMinTransmit = _desiredMinTransmit,
        RequiredMinReceive = _requiredMinReceive,
    };

    /// <summary>§6.8.4, and §6.8.1 for what is forgotten.</summary>
    private void Expire(long now)
    {
        _lastReceived = null;
        RemoteDiscriminator = 0;
        RemoteState = BfdState.Down;
        _remoteMinReceive = 1; // as at the start, so that a side which wanted silence before it died is called again
        _remoteDemand = false;
        _isPolling = false;
        _pollsAgain = false;
        if (State is BfdState.Init or BfdState.Up)
        {
            Leave(BfdDiagnostic.ControlDetectionTimeExpired, isFailure: true, now);
        }
    }

    /// <summary>§6.8.3. What makes packets rarer, or the detection time shorter, waits while Up until the other side has
    /// confirmed that it knows.</summary>
    private void SetTiming()
    {
        var transmit = State == BfdState.Up ? _timing.MinimumTransmit : Math.Max(_timing.MinimumTransmit, SlowTransmit);
        var receive = _timing.MinimumReceive;
        if (transmit == _desiredMinTransmit && receive == _requiredMinReceive)
        {
            return;
        }

        (_desiredMinTransmit, _requiredMinReceive) = (transmit, receive);
        if (State != BfdState.Up || transmit < _transmitInEffect)
        {
            _transmitInEffect = transmit;
        }

        if (State != BfdState.Up || receive > _receiveInEffect)
        {
            _receiveInEffect = receive;
        }

        if (RemoteDiscriminator != 0)
        {
            _pollsAgain = _isPolling;
            _isPolling = true;
        }

        Reschedule();
    }

    private void EndPoll()
    {
        _isPolling = _pollsAgain;
        _pollsAgain = false;
        if (!_isPolling)
        {
            (_transmitInEffect, _receiveInEffect) = (_desiredMinTransmit, _requiredMinReceive);
        }
    }

    /// <summary>An interval that became shorter counts from the last packet on, not only from the next.</summary>
    private void Reschedule() => _nextTransmit = Math.Min(_nextTransmit, _lastTransmit + TransmitInterval);

    /// <summary>§6.8.7: 75 to 100 % of the interval; at most 90 % when the other side gives up after one missing
    /// packet.</summary>
    private long Jittered(uint interval)
    {
        var widest = _timing.DetectMultiplier == 1 ? 0.15 : 0.25;
        var least = 0.75;
        return (long)(interval * (least + (_random() * widest)));
    }
}
