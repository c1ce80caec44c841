using System.Net.Sockets;
using Routing.Agent.Attachments;
using Routing.Cni.Protocol;

namespace Routing.Agent.Cni;

/// <summary>Serves the shim's socket: one request and one reply per connection.</summary>
/// <remarks>Connections and calls are limited, transfers have deadlines, and a call ends before its shim stops waiting,
/// so a client can hold neither the server nor its memory. Calls for one container run in order
/// (<see cref="AttachmentService"/>).</remarks>
public sealed partial class CniServer : IDisposable
{
    /// <summary>What is left of a call's time for the undo and the reply: the shim should hear the reason, not give
    /// up.</summary>
    private const double ShareOfTimeout = 0.9;

    /// <summary>Clients that wait to be accepted; the kernel cuts it to net.core.somaxconn. When it is full, connecting
    /// waits, up to the shim's time limit.</summary>
    private const int Backlog = 1024;

    private readonly CniServerOptions _options;
    private readonly CniDispatcher _dispatcher;
    private readonly TimeProvider _time;
    private readonly ILogger<CniServer> _logger;
    private readonly SemaphoreSlim _connections; // full: new ones wait in the socket's backlog
    private readonly SemaphoreSlim _calls; // full: requests that were read wait, within their own time
    private Socket? _listener;

    /// <param name="options">Socket and limits.</param>
    /// <param name="attachments">What the calls work on; reconciled before <see cref="RunAsync"/>.</param>
    /// <param name="node">Readiness, for STATUS.</param>
    /// <param name="time">Clock of the deadlines.</param>
    /// <param name="logger">Where calls are logged.</param>
    public CniServer(
        CniServerOptions options, AttachmentService attachments, INodeState node, TimeProvider time,
        ILogger<CniServer> logger)
    {
        (_options, _time, _logger) = (options, time, logger);
        _dispatcher = new CniDispatcher(attachments, node, logger);
        _connections = new SemaphoreSlim(options.MaxConnections);
        _calls = new SemaphoreSlim(options.MaxConcurrentCalls);
    }

    /// <summary>Opens the socket. Apart from <see cref="RunAsync"/>, so that a start fails at once where it
    /// must.</summary>
    /// <exception cref="IOException">Another agent listens there, or the path cannot be used.</exception>
    public void Listen() => _listener = CniSocket.Listen(_options.SocketPath, Backlog);

    /// <summary>Serves until cancelled, then waits for the calls that run; their undo is not cut short.</summary>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        var listener = _listener ?? throw new InvalidOperationException("Listen comes before RunAsync");
        try
        {
            while (true)
            {
                await _connections.WaitAsync(cancellationToken);
                Socket connection;
                try
                {
                    connection = await listener.AcceptAsync(cancellationToken);
                }
                catch
                {
                    _connections.Release();
                    throw;
                }

                _ = ServeAsync(connection, cancellationToken); // ends by itself; the loop below waits for it
            }
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            for (var each = 0; each < _options.MaxConnections; each++)
            {
                await _connections.WaitAsync(CancellationToken.None);
            }
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _listener?.Dispose(); // removes the socket's file as well
        _connections.Dispose();
        _calls.Dispose();
    }

    private async Task ServeAsync(Socket connection, CancellationToken cancellationToken)
    {
        try
        {
            using (connection)
            {
                await ServeOneAsync(connection, cancellationToken);
            }
        }
        catch (Exception e) when (e is SocketException or OperationCanceledException)
        {
            LogLost(e.Message); // the client went, or was too slow; what its call did is done or undone
        }
        catch (Exception e)
        {
            LogDefect(e); // a connection's edge: others go on
        }
        finally
        {
            _connections.Release();
        }
    }

    private async Task ServeOneAsync(Socket connection, CancellationToken cancellationToken)
    {
        CniReply reply;
        try
        {
            if (await ReadAsync(connection, cancellationToken) is not { } request)
            {
                return;
            }

            reply = await CallAsync(request, cancellationToken);
        }
        catch (InvalidDataException e)
        {
            reply = CniFailureException.Reply(CniErrorCode.DecodingFailure, e.Message);
        }

        using var deadline = new CancellationTokenSource(_options.TransferTimeout, _time);
        await CniFraming.WriteReplyAsync(connection, reply, deadline.Token);
    }

    private async Task<CniRequest?> ReadAsync(Socket connection, CancellationToken cancellationToken)
    {
        using var deadline = new CancellationTokenSource(_options.TransferTimeout, _time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(deadline.Token, cancellationToken);
        return await CniFraming.ReadRequestAsync(connection, either.Token);
    }

    private async Task<CniReply> CallAsync(CniRequest request, CancellationToken cancellationToken)
    {
        if (request.Command == CniCommand.Status)
        {
            return await _dispatcher.HandleAsync(request, cancellationToken); // never behind ADDs: it touches nothing
        }

        var asked = TimeSpan.FromMilliseconds(request.TimeoutMilliseconds);
        var limit = asked > TimeSpan.Zero && asked < _options.MaxCallTimeout ? asked : _options.MaxCallTimeout;
        using var deadline = new CancellationTokenSource(limit * ShareOfTimeout, _time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(deadline.Token, cancellationToken);
        try
        {
            await _calls.WaitAsync(either.Token);
        }
        catch (OperationCanceledException)
        {
            return CniDispatcher.Interrupted(request);
        }

        try
        {
            return await _dispatcher.HandleAsync(request, either.Token);
        }
        finally
        {
            _calls.Release();
        }
    }

    [LoggerMessage(1, LogLevel.Debug, "A CNI client went before its reply: {Reason}")]
    private partial void LogLost(string reason);

    [LoggerMessage(2, LogLevel.Error, "Serving a CNI client failed")]
    private partial void LogDefect(Exception exception);
}
