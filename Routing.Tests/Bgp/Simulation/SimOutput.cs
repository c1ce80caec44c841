using Routing.Bgp.Rib;

namespace Routing.Tests.Bgp.Simulation;

/// <summary>A session's output of little room, so that readers need not be very slow to be too slow.</summary>
internal sealed class SimOutput(SimPipe pipe) : IPeerOutput
{
    private const int Capacity = 2048;

    private bool _owesReady;

    /// <summary>Writes that were refused.</summary>
    public int Refused { get; private set; }

    public bool TryWrite(ReadOnlySpan<EncodedMessages> messages)
    {
        var octets = 0;
        foreach (var message in messages)
        {
            octets += message.Octets.Length;
        }

        // As the real queue: empty takes anything.
        if (pipe.Octets > 0 && pipe.Octets + octets > Capacity)
        {
            _owesReady = true;
            Refused++;
            return false;
        }

        foreach (var message in messages)
        {
            pipe.Write(message.Octets.Span);
        }

        return true;
    }

    /// <summary>True when a refused RIB has to be told of room now.</summary>
    public bool TakeReady()
    {
        var ready = _owesReady && pipe.Octets < Capacity / 2;
        _owesReady &= !ready;
        return ready;
    }
}
