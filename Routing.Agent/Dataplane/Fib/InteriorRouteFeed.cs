using Routing.Agent.Netlink;
using Routing.Agent.Netlink.Route;
using Routing.Bgp.Speaker;

namespace Routing.Agent.Dataplane.Fib;

/// <summary>Tells the speaker what else than BGP leads anywhere: the main table's routes that are not the FIB's, by which the
/// speaker resolves next hops.</summary>
/// <remarks>An event costs what it changes, where it says all there is to know (<see cref="InteriorTable"/>). The table is read
/// as a whole at the start, when a link or an address has changed, since IPv4 routes go with them without an event, and when
/// events were lost or came faster than they could be taken.</remarks>
internal sealed partial class InteriorRouteFeed(IRouteNetlink netlink, TimeProvider time, ILogger<InteriorRouteFeed> logger)
{
    /// <summary>Most events that wait; more are one reading.</summary>
    public const int MostEvents = 4096;

    /// <summary>A burst of events is one message to the speaker.</summary>
    private static readonly TimeSpan LeastInterval = TimeSpan.FromMilliseconds(100);

    private static readonly TimeSpan RetryDelay = TimeSpan.FromSeconds(1);

    private readonly WakeSignal _wake = new();
    private readonly Lock _gate = new();
    private readonly InteriorTable _table = new(); // the loop's
    private List<RouteEvent.RouteChanged> _events = [];
    private bool _mustRead = true;
    private volatile BgpSpeaker? _speaker;
    private BgpSpeaker? _told; // the loop's: who knows what the table had when changes were taken from it last

    /// <summary>A speaker has started, and takes the place of the one before.</summary>
    public void OnSpeaker(BgpSpeaker speaker)
    {
        _speaker = speaker;
        _wake.Set();
    }

    /// <summary>The kernel announced a route.</summary>
    public void OnKernelRoute(RouteEvent.RouteChanged happened)
    {
        if (!InteriorTable.Concerns(happened.Route))
        {
            return;
        }

        lock (_gate)
        {
            if (_events.Count == MostEvents)
            {
                _mustRead = true;
            }

            if (!_mustRead)
            {
                _events.Add(happened);
            }
        }

        _wake.Set();
    }

    /// <summary>A link changed, or events were lost.</summary>
    public void OnResyncDue()
    {
        NoteMustRead();
        _wake.Set();
    }

    /// <summary>Runs until cancelled.</summary>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        while (true)
        {
            await _wake.WaitAsync(cancellationToken);
            try
            {
                if (_speaker is { } speaker)
                {
                    Follow();
                    await TellAsync(speaker, cancellationToken);
                    await Task.Delay(LeastInterval, time, cancellationToken);
                }
            }
            catch (NetlinkException e)
            {
                NoteMustRead();
                LogCannotRead(e.Message, RetryDelay);
                await Task.Delay(RetryDelay, time, cancellationToken);
                _wake.Set();
            }
            catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
            {
                // The speaker has ended; its successor is announced.
            }
        }
    }

    private void NoteMustRead()
    {
        lock (_gate)
        {
            _mustRead = true;
            _events.Clear(); // the reading will know
        }
    }

    /// <summary>Brings the table up to date.</summary>
    private void Follow()
    {
        List<RouteEvent.RouteChanged> events;
        bool mustRead;
        lock (_gate)
        {
            // Before the reading, so that what happens meanwhile is another event.
            (events, _events) = (_events, []);
            (mustRead, _mustRead) = (_mustRead, false);
        }

        if (mustRead || !events.TrueForAll(_table.TryApply))
        {
            _table.Read(netlink.ListRoutes(new RouteFilter(Table: OwnershipPolicy.Table)));
        }
    }

    private async Task TellAsync(BgpSpeaker speaker, CancellationToken cancellationToken)
    {
        var (told, changes) = (_told, _table.TakeChanges());
        _told = null; // until it knows
        if (speaker != told)
        {
            await speaker.SetInteriorRoutesAsync(_table.Routes, cancellationToken);
            LogTold(_table.Routes.Count);
        }
        else if (changes.Count > 0)
        {
            await speaker.ChangeInteriorRoutesAsync(changes, cancellationToken);
            LogChanged(changes.Count);
        }

        _told = speaker;
    }

    [LoggerMessage(LogLevel.Debug, "{Count} interior routes lead to next hops")]
    private partial void LogTold(int count);

    [LoggerMessage(LogLevel.Debug, "{Count} interior routes have changed")]
    private partial void LogChanged(int count);

    [LoggerMessage(LogLevel.Warning, "interior routes cannot be read: {Reason}; next try in {Delay}")]
    private partial void LogCannotRead(string reason, TimeSpan delay);
}
