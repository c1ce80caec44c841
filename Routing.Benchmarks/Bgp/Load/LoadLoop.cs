using System.Diagnostics;
using System.Net;

namespace Routing.Benchmarks.Bgp.Load;

/// <summary>All sessions of a run on one thread around one epoll: the speaker under test keeps the other processors.</summary>
internal sealed unsafe class LoadLoop(IPEndPoint speaker) : IDisposable
{
    private const int MostEvents = 256;
    private const long KeepaliveMilliseconds = 1000;
    private const long RetryMilliseconds = 50;

    private readonly int _epoll = LibC.EpollCreate(0);
    private readonly LibC.EpollEvent[] _events = new LibC.EpollEvent[MostEvents];
    private readonly List<LoadSession> _sessions = [];
    private readonly Queue<(long When, LoadSession Session)> _retries = [];
    private long _nextKeepalive;

    /// <summary>Where every session receives; what is left of a message is copied out.</summary>
    public byte[] ReceiveBuffer { get; } = GC.AllocateArray<byte>(1 << 20, pinned: true);

    /// <summary>Milliseconds, read once a turn.</summary>
    public long Now { get; private set; } = Environment.TickCount64;

    /// <summary>Sessions that are up.</summary>
    public int EstablishedCount { get; set; }

    /// <summary>Why the run cannot go on, or null.</summary>
    public string? Failure { get; private set; }

    /// <summary>The longest that a session heard nothing from the speaker.</summary>
    public TimeSpan LongestSilence => TimeSpan.FromMilliseconds(_sessions.Max(session => session.LongestSilence));

    /// <summary>A session that is not connected yet.</summary>
    public LoadSession Add(PeerPlan peer)
    {
        var session = new LoadSession(this, _sessions.Count, peer, speaker);
        _sessions.Add(session);
        return session;
    }

    /// <summary>Sends and receives until something holds.</summary>
    /// <returns>False when time is up or a session was lost: see <see cref="Failure"/>.</returns>
    public bool RunUntil(Func<bool> done, TimeSpan limit)
    {
        var end = Environment.TickCount64 + (long)limit.TotalMilliseconds;
        while (!done())
        {
            Turn();
            if (Failure is not null)
            {
                return false;
            }

            if (Now > end)
            {
                Fail($"not done after {limit.TotalSeconds:F0} s, {EstablishedCount} of {_sessions.Count} sessions up");
                return false;
            }
        }

        return true;
    }

    /// <summary>Keeps the sessions alive for a while.</summary>
    public bool RunFor(TimeSpan time)
    {
        var clock = Stopwatch.StartNew();
        return RunUntil(() => clock.Elapsed > time, time + time);
    }

    /// <summary>Ends the run.</summary>
    public void Fail(string reason) => Failure ??= reason;

    /// <summary>A connection was refused: another one a little later.</summary>
    public void ConnectLater(LoadSession session) => _retries.Enqueue((Now + RetryMilliseconds, session));

    /// <summary>Tells epoll what a session waits for.</summary>
    public void Watch(int socket, int number, int operation, uint events)
    {
        var @event = new LibC.EpollEvent { Events = events, Data = number };
        _ = LibC.EpollControl(_epoll, operation, socket, ref @event);
    }

    public void Dispose()
    {
        foreach (var session in _sessions)
        {
            session.Close();
        }

        _ = LibC.Close(_epoll);
    }

    private void Turn()
    {
        var timeout = (int)Math.Clamp(_nextKeepalive - Now, 0, _retries.Count > 0 ? RetryMilliseconds / 5 : 100);
        int count;
        fixed (LibC.EpollEvent* events = _events)
        {
            count = LibC.EpollWait(_epoll, events, MostEvents, timeout);
        }

        Now = Environment.TickCount64;
        for (var i = 0; i < count; i++)
        {
            _sessions[(int)_events[i].Data].OnReady(_events[i].Events);
        }

        if (Now >= _nextKeepalive)
        {
            _nextKeepalive = Now + KeepaliveMilliseconds;
            foreach (var session in _sessions)
            {
                session.KeepAlive(Now);
            }
        }

        while (_retries.TryPeek(out var retry) && retry.When <= Now)
        {
            _retries.Dequeue().Session.Connect();
        }
    }
}
