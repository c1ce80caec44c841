using System.Collections.Immutable;
using System.Threading.Channels;
using Routing.Bgp.Fsm;
using Routing.Bgp.Rib;
using Routing.Bgp.Wire;
using Routing.Bgp.Wire.Iana;
using Routing.Bgp.Wire.Messages;

namespace Routing.Bgp.Session;

/// <summary>One TCP connection of a peer: a task that reads it and a task that writes it.</summary>
/// <remarks>
/// <code>
///             OPEN, KEEPALIVE, NOTIFICATION, errors
///  socket ──► reader ──────────────────────────► session's loop (FSM) ──┐ OPEN, KEEPALIVE, NOTIFICATION
///               │ Established: PeerUp, batches, PeerDown                ▼
///               └────────────► RIB ─────────────────────────► OutputQueue ──► writer ──► socket
/// </code>
/// Until Established the reader waits for the loop after each message. From then on UPDATEs go straight to the RIB, and
/// the loop hears only of what ends the session; so the RIB's back-pressure stops this reader and nothing else. All
/// that the RIB hears of one connection comes from its reader, in order: up, updates, down.
/// </remarks>
internal sealed partial class PeerLink : IAsyncDisposable
{
    private const long NotWriting = long.MinValue;

    private static readonly TimeSpan CloseTime = TimeSpan.FromSeconds(3);

    private readonly IBgpConnection _connection;
    private readonly PeerLinkHost _host;
    private readonly MessageFramer _framer = new();
    private readonly CancellationTokenSource _stop;
    private readonly TaskCompletionSource _readsEnded = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource _upTold = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource<ImmutableArray<AfiSafi>> _ended =
        new(TaskCreationOptions.RunContinuationsAsynchronously);

    private EstablishedLink? _established;
    private Task _reader = Task.CompletedTask;
    private Task _writer = Task.CompletedTask;
    private long _lastReceived;
    private long _writingSince = NotWriting;
    private volatile bool _waitsForRib;
    private bool _warned; // the reader's own
    private SessionEnds _ends; // the reader's own

    public PeerLink(IBgpConnection connection, PeerLinkHost host)
    {
        _connection = connection;
        _host = host;
        _ends = host.Ends with { LocalAddress = connection.LocalEndPoint.Address };
        _stop = CancellationTokenSource.CreateLinkedTokenSource(host.Aborted);
        _lastReceived = ConnectedAt = host.Time.GetTimestamp();
        Refreshes = new RefreshDeadlines(host.Time);
    }

    /// <summary>When the TCP connection was taken over.</summary>
    public long ConnectedAt { get; }

    /// <summary>The two ends.</summary>
    public IBgpConnection Connection => _connection;

    /// <summary>The peer's whole OPEN; empty before it came.</summary>
    public byte[] ReceivedOpen { get; private set; } = [];

    /// <summary>The peer's whole NOTIFICATION; empty before it came.</summary>
    public byte[] ReceivedNotification { get; private set; } = [];

    /// <summary>Where messages to the peer go.</summary>
    public OutputQueue Output { get; } = new();

    /// <summary>Families whose End-of-RIB has come.</summary>
    public ReceivedEnds EndsOfRib { get; } = new();

    /// <summary>Refreshes under way.</summary>
    public RefreshDeadlines Refreshes { get; }

    /// <summary>When the last whole message came.</summary>
    public long LastReceived => Interlocked.Read(ref _lastReceived);

    /// <summary>Nothing is read because the RIB's inbox is full, or octets lie unread because this machine is busy:
    /// silence says nothing about the peer then, and the hold timer must not run out.</summary>
    public bool IsHeldUp => _waitsForRib || _connection.HasUnread;

    /// <summary>When the write began that has not ended; null while none is under way.</summary>
    public long? WritingSince => Interlocked.Read(ref _writingSince) is var since and not NotWriting ? since : null;

    /// <summary>Ends when the RIB has heard that this connection is up, or will not hear it any more.</summary>
    public Task UpTold => _upTold.Task;

    /// <summary>Starts both tasks.</summary>
    public void Start()
    {
        _reader = Task.Run(RunReaderAsync);
        _writer = Task.Run(RunWriterAsync);
    }

    /// <summary>Called by the loop while the reader waits for it: from here on the reader serves the RIB.</summary>
    /// <returns>A task that ends when the RIB has heard of the end of this connection.</returns>
    public Task Establish(EstablishedLink established)
    {
        _established = established;
        return _reader;
    }

    /// <summary>Called by the loop when the session has left Established: which families the RIB keeps.</summary>
    public void End(ImmutableArray<AfiSafi> retain) => _ended.TrySetResult(retain);

    /// <summary>Writes what is queued, then closes. Bounded in time.</summary>
    /// <param name="abort">Close at once: the connection is broken, or has been replaced.</param>
    public async Task CloseAsync(bool abort)
    {
        Output.Complete();
        await _stop.CancelAsync();
        _ended.TrySetResult([]);
        if (!abort)
        {
            await LingerAsync();
        }

        await _connection.DisposeAsync();
        await _writer;
        await _reader;
        Output.Clear();
        _framer.Dispose();
        _stop.Dispose();
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => new(CloseAsync(abort: true));

    /// <summary>Lets the last messages out. Closing a socket with unread octets resets the connection, and a reset may
    /// overtake a NOTIFICATION; so the peer's side is read to its end first.</summary>
    private async Task LingerAsync()
    {
        try
        {
            await _writer.WaitAsync(CloseTime, _host.Time, _host.Aborted);
            _connection.ShutdownSend();
            await _readsEnded.Task.WaitAsync(CloseTime, _host.Time, _host.Aborted);
            await DrainAsync().WaitAsync(CloseTime, _host.Time, _host.Aborted);
        }
        catch (Exception exception) when (exception is TimeoutException or OperationCanceledException or IOException)
        {
            // The peer does not take part in closing; it is closed without it.
        }
    }

    private async Task DrainAsync()
    {
        var scratch = new byte[4096];
        while (await _connection.ReadAsync(scratch, _host.Aborted) > 0)
        {
        }
    }

    private async Task RunWriterAsync()
    {
        var taken = new List<EncodedMessages>();
        var buffers = new List<ReadOnlyMemory<byte>>();
        var roomNotice = Task.CompletedTask;
        try
        {
            while (await Output.TakeAsync(taken, _host.Aborted))
            {
                foreach (var message in taken)
                {
                    buffers.Add(message.Octets);
                }

                Interlocked.Exchange(ref _writingSince, _host.Time.GetTimestamp());
                await _connection.WriteAsync(buffers, _host.Aborted);
                Interlocked.Exchange(ref _writingSince, NotWriting);
                buffers.Clear();
                foreach (var message in taken)
                {
                    _host.Counters.Sent(message);
                }

                if (Output.Written(taken))
                {
                    // Not awaited here: KEEPALIVEs must not wait for the RIB's inbox. At most one notice is under way,
                    // because the RIB is refused again only after it has taken the last one.
                    await roomNotice;
                    roomNotice = _host.Rib.OutputReadyAsync(_host.Peer, _stop.Token).AsTask();
                }
            }

            await roomNotice;
        }
        catch (OperationCanceledException)
        {
            // Aborted, or a notice of room that no longer matters.
        }
        catch (IOException exception)
        {
            await ReportAsync(new SessionEvent(SessionEventKind.TcpConnectionFailed), exception.Message);
        }
        finally
        {
            Output.Written(taken);
        }
    }

    /// <summary>Tells the loop; late news of a dropped link is ignored there, so it is safe to tell twice.</summary>
    private async Task<bool> ReportAsync(SessionEvent @event, string? reason = null, OpenMessage? open = null)
    {
        var handled = new TaskCompletionSource<bool>(TaskCreationOptions.RunContinuationsAsynchronously);
        try
        {
            await _host.Inbox.WriteAsync(
                new SessionInput(SessionInputKind.Link)
                {
                    Link = this,
                    Event = @event,
                    Open = open,
                    Reason = reason,
                    Handled = handled,
                },
                _stop.Token);
            return await handled.Task.WaitAsync(_stop.Token);
        }
        catch (Exception exception) when (exception is OperationCanceledException or ChannelClosedException)
        {
            return false; // nobody wants to know any more
        }
    }
}
