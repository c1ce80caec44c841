using System.Net.Sockets;

namespace Routing.Bgp.Bfd.Udp;

/// <summary>The ports that sessions need, opened with the first session of each kind, and the wait for any of
/// them.</summary>
/// <param name="onRefused">Told once when a port cannot be had; it is tried again until it can.</param>
internal sealed class BfdPorts(Action<int, AddressFamily, string> onRefused) : IDisposable
{
    /// <summary>Microseconds between attempts at ports that another program has.</summary>
    private const long RetryInterval = 5_000_000;

    /// <summary>Packets read from one port in a turn: a flood cannot hold the timers up.</summary>
    private const int PacketsPerTurn = 512;

    private static readonly (AddressFamily Family, bool IsMultihop)[] Kinds =
    [
        (AddressFamily.InterNetwork, false), (AddressFamily.InterNetworkV6, false),
        (AddressFamily.InterNetwork, true), (AddressFamily.InterNetworkV6, true),
    ];

    private readonly BfdPort?[] _ports = new BfdPort?[Kinds.Length];
    private readonly bool[] _isWanted = new bool[Kinds.Length];
    private readonly bool[] _isRefused = new bool[Kinds.Length];
    private readonly LibC.PollEntry[] _polled = new LibC.PollEntry[Kinds.Length + 1];
    private readonly byte[] _buffer = new byte[BfdPacket.MaxSize];
    private readonly WakeUp _wakeUp = new();

    /// <summary>When <see cref="Retry"/> has something to do.</summary>
    public long RetryAt { get; private set; } = BfdMachine.Never;

    /// <summary>Any thread: the next wait, or the one under way, ends at once.</summary>
    public void WakeUp() => _wakeUp.Set();

    /// <summary>Opens the port for sessions of a kind, if it is not open.</summary>
    public void Need(AddressFamily family, bool isMultihop, long now)
    {
        var index = Array.IndexOf(Kinds, (family, isMultihop));
        if (!_isWanted[index])
        {
            _isWanted[index] = true;
            Open(index, now);
        }
    }

    /// <summary>Tries again what could not be had.</summary>
    public void Retry(long now)
    {
        RetryAt = BfdMachine.Never;
        for (var i = 0; i < _ports.Length; i++)
        {
            if (_isWanted[i] && _ports[i] is null)
            {
                Open(i, now);
            }
        }
    }

    /// <summary>Waits for packets, for <see cref="WakeUp"/>, or until the time is over.</summary>
    /// <param name="microseconds">Longest wait.</param>
    public unsafe void Wait(long microseconds)
    {
        for (var i = 0; i < _ports.Length; i++)
        {
            _polled[i] = new LibC.PollEntry { FileDescriptor = _ports[i]?.Descriptor ?? -1, Events = LibC.PollIn };
        }

        _polled[^1] = new LibC.PollEntry { FileDescriptor = _wakeUp.Descriptor, Events = LibC.PollIn };
        var timeout = new LibC.TimeSpec
        {
            Seconds = (nint)(microseconds / 1_000_000),
            Nanoseconds = (nint)(microseconds % 1_000_000 * 1000),
        };
        fixed (LibC.PollEntry* entries = _polled)
        {
            // Below zero after a signal: the entries then say that nothing is there, and the next wait says the same truth.
            _ = LibC.Poll(entries, (nuint)_polled.Length, &timeout, null);
        }

        if (_polled[^1].Returned != 0)
        {
            _wakeUp.Clear();
        }
    }

    /// <summary>Gives the engine what had arrived when the wait ended.</summary>
    public void Read(BfdEngine engine, long now)
    {
        for (var i = 0; i < _ports.Length; i++)
        {
            for (var n = 0; n < PacketsPerTurn && _polled[i].Returned != 0; n++)
            {
                if (!_ports[i]!.TryReceive(_buffer, out var origin, out var length))
                {
                    break;
                }

                engine.Receive(origin, _buffer.AsSpan(0, length), now);
            }
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (var port in _ports)
        {
            port?.Dispose();
        }

        _wakeUp.Dispose();
    }

    private void Open(int index, long now)
    {
        var (family, isMultihop) = Kinds[index];
        try
        {
            _ports[index] = BfdPort.Open(family, isMultihop);
            _isRefused[index] = false;
        }
        catch (SocketException e)
        {
            if (!_isRefused[index])
            {
                _isRefused[index] = true;
                onRefused(isMultihop ? BfdPort.Multihop : BfdPort.SingleHop, family, e.Message);
            }

            RetryAt = now + RetryInterval;
        }
    }
}
