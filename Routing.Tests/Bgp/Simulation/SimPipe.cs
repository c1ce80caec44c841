namespace Routing.Tests.Bgp.Simulation;

/// <summary>One direction of a connection: octets arrive in order, late, in pieces cut anywhere, and not at all while the
/// reader is slow.</summary>
internal sealed class SimPipe(SimScheduler scheduler, SimSession writer, SimSession reader)
{
    private static readonly TimeSpan LongestDelay = TimeSpan.FromMilliseconds(20);

    private readonly Queue<byte[]> _pieces = [];
    private int _read; // octets of the first piece that have been delivered
    private bool _isDelivering;
    private bool _hasEnded;
    private bool _isBroken;

    /// <summary>Octets under way.</summary>
    public int Octets { get; private set; }

    public void Write(ReadOnlySpan<byte> octets)
    {
        if (!_hasEnded && !_isBroken)
        {
            _pieces.Enqueue(octets.ToArray());
            Octets += octets.Length;
            Deliver();
        }
    }

    /// <summary>The writer closes: what is under way arrives, then the end.</summary>
    public void End()
    {
        _hasEnded = true;
        Deliver();
    }

    /// <summary>What is under way is lost, and nobody hears of it.</summary>
    public void Break()
    {
        _isBroken = true;
        _pieces.Clear();
        Octets = 0;
    }

    private void Deliver()
    {
        if (!_isDelivering)
        {
            _isDelivering = true;
            var delay = scheduler.Between(TimeSpan.Zero, LongestDelay);
            var busy = reader.BusyUntil - scheduler.Now;
            scheduler.After(busy > delay ? busy : delay, Arrive);
        }
    }

    private void Arrive()
    {
        _isDelivering = false;
        if (_isBroken)
        {
            return;
        }

        for (var pieces = 1 + scheduler.Random.Next(8); pieces > 0 && !_isBroken && _pieces.TryPeek(out var piece); pieces--)
        {
            var rest = piece.Length - _read;
            var count = scheduler.Random.Next(4) == 0 ? 1 + scheduler.Random.Next(rest) : rest;
            var octets = piece.AsSpan(_read, count);
            _read += count;
            Octets -= count;
            if (_read == piece.Length)
            {
                _pieces.Dequeue();
                _read = 0;
            }

            reader.OnOctets(this, octets);
        }

        if (_isBroken)
        {
            return;
        }

        writer.OnRoom(this);
        if (_pieces.Count > 0)
        {
            Deliver();
        }
        else if (_hasEnded)
        {
            Break();
            reader.OnConnectionLost(this);
        }
    }
}
