namespace Routing.Tests.Bgp.Simulation;

/// <summary>What two speakers have between them. The first end connects, the other listens: collisions of two connections
/// are the session's business and have their own tests.</summary>
internal sealed class SimLink
{
    private static readonly TimeSpan LongestDelay = TimeSpan.FromMilliseconds(20);
    private static readonly TimeSpan LongestUnnoticed = TimeSpan.FromSeconds(3);

    private readonly SimScheduler _scheduler;
    private SimConnection? _connection;

    /// <param name="scheduler">Time and chance.</param>
    /// <param name="caller">Connects.</param>
    /// <param name="listener">Is connected to.</param>
    /// <param name="roleOfListener">What it is to the caller.</param>
    /// <param name="mostPaths">See <see cref="MostPaths"/>.</param>
    public SimLink(
        SimScheduler scheduler, SimSpeaker caller, SimSpeaker listener, SimRole roleOfListener = SimRole.Peer, int mostPaths = 0)
    {
        (_scheduler, MostPaths) = (scheduler, mostPaths);
        var roleOfCaller = roleOfListener == SimRole.Client ? SimRole.Reflector : SimRole.Peer;
        Caller = caller.AddSession(this, listener, roleOfListener, listens: false);
        Listener = listener.AddSession(this, caller, roleOfCaller, listens: true);
    }

    public SimSession Caller { get; }

    public SimSession Listener { get; }

    /// <summary>Most paths of a prefix that go over it either way (RFC 7911); 0 for the best one.</summary>
    public int MostPaths { get; }

    public bool IsUp { get; private set; } = true;

    public SimSession Other(SimSession session) => session == Caller ? Listener : Caller;

    /// <summary>The caller's attempt; it hears of the outcome later.</summary>
    public void Connect(int attempt) => _scheduler.After(_scheduler.Between(TimeSpan.Zero, LongestDelay), () =>
    {
        if (!IsUp || !Listener.CanAccept())
        {
            Caller.OnConnectFailed(attempt);
            return;
        }

        var connection = new SimConnection(_scheduler, Caller, Listener);
        if (Caller.OnConnected(attempt, connection))
        {
            _connection = connection;
            Listener.OnAccepted(connection);
        }
    });

    /// <summary>The wire is cut. Each end notices soon (carrier, BFD) or only when its hold timer expires.</summary>
    public void Cut()
    {
        IsUp = false;
        _connection?.Break();
        foreach (var end in new[] { Caller, Listener })
        {
            if (_connection is { } cut && _scheduler.Random.Next(2) == 0)
            {
                _scheduler.After(
                    _scheduler.Between(TimeSpan.Zero, LongestUnnoticed), () => end.OnConnectionLost(cut.To(end)));
            }
        }

        _connection = null;
    }

    public void Mend() => IsUp = true;
}
