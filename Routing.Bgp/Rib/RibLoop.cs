using System.Collections.Immutable;
using System.Diagnostics;
using System.Threading.Channels;
using Routing.Bgp.Rib.Inbox;
using Routing.Bgp.Rib.Views;
using Routing.Bgp.Wire.Iana;
using Routing.Bgp.Wire.Messages;

namespace Routing.Bgp.Rib;

/// <summary>Owner of the <see cref="RibEngine"/>: one thread, one inbox. Sessions and speaker talk to it by messages; it talks
/// back through <see cref="IPeerOutput.TryWrite"/>, which never waits, so no cycle of waiting writers can form.</summary>
internal sealed class RibLoop : IRibInbox, IAsyncDisposable
{
    /// <summary>Messages taken before sinks and peers get their turn: enough for changes to coalesce and pack.</summary>
    private const int MessagesPerTurn = 32;

    // Full: writers wait. A slow RIB then slows the sessions' reads, and TCP slows the peers; no route is lost. A batch is
    // about 120 KB: as few as keep the thread busy, or a full table waits here instead of at its sender.
    private readonly Channel<RibMessage> _inbox = Channel.CreateBounded<RibMessage>(
        new BoundedChannelOptions(32) { SingleReader = true, FullMode = BoundedChannelFullMode.Wait });

    private readonly TaskCompletionSource _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly RibEngine _rib;
    private readonly Thread _thread;

    public RibLoop(RibConfig config, ImmutableArray<IBestPathSink> sinks)
    {
        _rib = new RibEngine(config, sinks);
        _thread = new Thread(Run) { Name = "RIB", IsBackground = true };
    }

    /// <summary>Ends with the loop; faulted when the loop died, and then the speaker is of no more use.</summary>
    public Task Completion => _ended.Task;

    /// <summary>Starts the thread.</summary>
    public void Start() => _thread.Start();

    /// <summary>Runs work on the RIB's thread.</summary>
    public async Task<T> AskAsync<T>(Func<RibEngine, T> work, CancellationToken cancellationToken)
    {
        var request = new RibRequest<T>(work);
        await WriteAsync(new RibMessage(RibMessageKind.Request, default, request), cancellationToken);
        return await request.Answer.WaitAsync(cancellationToken);
    }

    /// <summary>Runs work on the RIB's thread.</summary>
    public Task TellAsync(Action<RibEngine> work, CancellationToken cancellationToken) =>
        AskAsync(
            rib =>
            {
                work(rib);
                return true;
            },
            cancellationToken);

    /// <inheritdoc/>
    public ValueTask PeerUpAsync(PeerUp up, CancellationToken cancellationToken) =>
        WriteAsync(new RibMessage(RibMessageKind.PeerUp, up.Peer, up), cancellationToken);

    /// <inheritdoc/>
    public ValueTask UpdatesAsync(UpdateBatch batch, CancellationToken cancellationToken) =>
        WriteAsync(new RibMessage(RibMessageKind.Updates, batch.Peer, batch), cancellationToken);

    /// <inheritdoc/>
    public ValueTask RouteRefreshAsync(
        PeerIndex peer, RouteRefreshMessage request, CancellationToken cancellationToken) =>
        WriteAsync(new RibMessage(RibMessageKind.RouteRefresh, peer, request), cancellationToken);

    /// <inheritdoc/>
    public ValueTask RefreshTimeExpiredAsync(
        PeerIndex peer, ImmutableArray<AfiSafi> families, CancellationToken cancellationToken) =>
        WriteAsync(new RibMessage(RibMessageKind.RefreshTimeExpired, peer, Families: families), cancellationToken);

    /// <inheritdoc/>
    public ValueTask OutputReadyAsync(PeerIndex peer, CancellationToken cancellationToken) =>
        WriteAsync(new RibMessage(RibMessageKind.OutputReady, peer), cancellationToken);

    /// <inheritdoc/>
    public ValueTask PeerDownAsync(
        PeerIndex peer, ImmutableArray<AfiSafi> retain, CancellationToken cancellationToken) =>
        WriteAsync(new RibMessage(RibMessageKind.PeerDown, peer, Families: retain), cancellationToken);

    /// <inheritdoc/>
    public ValueTask RestartTimeExpiredAsync(
        PeerIndex peer, ImmutableArray<AfiSafi> families, CancellationToken cancellationToken) =>
        WriteAsync(new RibMessage(RibMessageKind.RestartTimeExpired, peer, Families: families), cancellationToken);

    /// <inheritdoc/>
    public ValueTask LongLivedStaleAsync(
        PeerIndex peer, ImmutableArray<AfiSafi> families, CancellationToken cancellationToken) =>
        WriteAsync(new RibMessage(RibMessageKind.LongLivedStale, peer, Families: families), cancellationToken);

    /// <summary>Takes no more messages, works off those taken and ends.</summary>
    public async ValueTask DisposeAsync()
    {
        _inbox.Writer.TryComplete();
        if ((_thread.ThreadState & System.Threading.ThreadState.Unstarted) == 0)
        {
            await _ended.Task;
        }
    }

    private async ValueTask WriteAsync(RibMessage message, CancellationToken cancellationToken)
    {
        try
        {
            await _inbox.Writer.WriteAsync(message, cancellationToken);
        }
        catch (ChannelClosedException e)
        {
            throw new OperationCanceledException("The RIB has ended.", e);
        }
    }

    private void Run()
    {
        try
        {
            while (true)
            {
                var taken = TakeMessages();
                var more = _rib.Run();
                if (taken == 0 && !more && !_inbox.Reader.WaitToReadAsync().AsTask().GetAwaiter().GetResult())
                {
                    break;
                }
            }

            _ended.SetResult();
        }
        catch (Exception e)
        {
            // Nobody can repair the tables: writers are refused, and whoever owns the speaker sees the fault.
            _inbox.Writer.TryComplete(e);
            _ended.SetException(e);
            while (_inbox.Reader.TryRead(out var message))
            {
                (message.Content as RibRequest)?.Cancel();
            }
        }
    }

    private int TakeMessages()
    {
        var taken = 0;
        while (taken < MessagesPerTurn && _inbox.Reader.TryRead(out var message))
        {
            Dispatch(message);
            taken++;
        }

        return taken;
    }

    private void Dispatch(in RibMessage message)
    {
        switch (message.Kind)
        {
            case RibMessageKind.PeerUp:
                _rib.Sessions.PeerUp((PeerUp)message.Content!);
                break;
            case RibMessageKind.Updates:
                _rib.Updates.Take((UpdateBatch)message.Content!);
                break;
            case RibMessageKind.RouteRefresh:
                _rib.Sessions.RouteRefresh(message.Peer, (RouteRefreshMessage)message.Content!);
                break;
            case RibMessageKind.OutputReady:
                _rib.Sessions.OutputReady(message.Peer);
                break;
            case RibMessageKind.PeerDown:
                _rib.Sessions.PeerDown(message.Peer, message.Families);
                break;
            case RibMessageKind.RestartTimeExpired:
                _rib.Sessions.RestartTimeExpired(message.Peer, message.Families);
                break;
            case RibMessageKind.RefreshTimeExpired:
                _rib.Sessions.RefreshTimeExpired(message.Peer, message.Families);
                break;
            case RibMessageKind.LongLivedStale:
                _rib.Sessions.LongLivedStale(message.Peer, message.Families);
                break;
            case RibMessageKind.Request:
                ((RibRequest)message.Content!).Run(_rib);
                break;
            default:
                throw new UnreachableException();
        }
    }
}
