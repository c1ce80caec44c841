using System.Net;
using Microsoft.Extensions.Logging;
using Routing.Bgp.Rib;
using Routing.Bgp.Session;
using Routing.Bgp.Session.Tcp;

namespace Routing.Bgp.Bmp;

/// <summary>Owner of the connection to one station: makes it or waits for it, keeps it, and begins anew when it ends, each
/// time with a monitor of its own and so with the whole tables.</summary>
/// <remarks>RFC 7854 §3.2: attempts are 30 s apart at first, then ever more, at most 12 minutes.</remarks>
internal sealed partial class BmpStation
{
    private static readonly TimeSpan FirstRetry = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan LastRetry = TimeSpan.FromMinutes(12);
    private static readonly TimeSpan CloseTime = TimeSpan.FromSeconds(3);

    private readonly RibLoop _rib;
    private readonly IBgpTransport _transport;
    private readonly TimeProvider _time;
    private readonly ILogger<BmpStation> _logger;
    private readonly byte[] _initiation;
    private long _octetsSent;
    private volatile BmpStationStatus _status;

    /// <param name="config">The station.</param>
    /// <param name="rib">Whose tables it gets.</param>
    /// <param name="transport">TCP.</param>
    /// <param name="time">The clock.</param>
    /// <param name="logger">Where it is said that it comes and goes.</param>
    public BmpStation(
        BmpStationConfig config, RibLoop rib, IBgpTransport transport, TimeProvider time, ILogger<BmpStation> logger)
    {
        (Config, _rib, _transport, _time, _logger) = (config, rib, transport, time, logger);
        _initiation = BmpMessages.Initiation(config.SystemName, "Routing, a BGP speaker");
        _status = new BmpStationStatus
        {
            Name = config.Name,
            EndPoint = config.EndPoint.ToString(),
            Since = time.GetUtcNow(),
        };
    }

    /// <summary>As configured.</summary>
    public BmpStationConfig Config { get; }

    /// <summary>Any thread may ask.</summary>
    public BmpStationStatus Status => _status with { OctetsSent = Interlocked.Read(ref _octetsSent) };

    /// <summary>Runs until cancelled; a connection that stands is then ended with a Termination message.</summary>
    public async Task RunAsync(CancellationToken stop)
    {
        var retry = FirstRetry;
        IBgpListener? listener = null;
        try
        {
            while (!stop.IsCancellationRequested)
            {
                try
                {
                    listener ??= Config.Passive ? _transport.Listen(Config.EndPoint) : null;
                    await using var connection = listener is null
                        ? await _transport.ConnectAsync(Config.EndPoint, new ConnectionOptions(), stop)
                        : await listener.AcceptAsync(stop);
                    await ServeAsync(connection, stop);
                    retry = FirstRetry;
                }
                catch (IOException e)
                {
                    NoteEnd(e.Message);
                }

                // A station that connects to us has backed off itself.
                if (listener is null)
                {
                    await Task.Delay(retry, _time, stop);
                    retry = retry * 2 < LastRetry ? retry * 2 : LastRetry;
                }
            }
        }
        catch (OperationCanceledException)
        {
            // Configured no more, or the speaker ends.
        }
        finally
        {
            await (listener?.DisposeAsync() ?? ValueTask.CompletedTask);
        }
    }

    /// <summary>Runs one connection.</summary>
    /// <exception cref="IOException">It broke.</exception>
    private async Task ServeAsync(IBgpConnection connection, CancellationToken stop)
    {
        using var end = CancellationTokenSource.CreateLinkedTokenSource(stop);
        var output = new OutputQueue();
        var givenUp = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);

        // Without the token: a monitor that is added has to be known here, or nobody would remove it.
        var monitor = await _rib.AskAsync(
            rib =>
            {
                var added = new BmpMonitor(
                    rib.Tables, Config.Views, _initiation, output, _time, giveUp: () => givenUp.TrySetResult());
                rib.Monitors.Add(added);
                return added;
            },
            CancellationToken.None);
        _status = _status with { IsConnected = true, Since = _time.GetUtcNow(), Connections = _status.Connections + 1 };
        LogConnected(Config.Name, connection.RemoteEndPoint);
        var reports = ReportAsync(monitor, end.Token);
        var reader = WaitForEndAsync(connection, end.Token);
        var writer = WriteAsync(connection, output, monitor);
        try
        {
            await Task.WhenAny(
                reader, writer, givenUp.Task, Task.Delay(Timeout.InfiniteTimeSpan, _time, end.Token));
            output.Complete(BmpMessages.Termination(BmpTerminationReason.AdministrativelyClosed));
            if (!givenUp.Task.IsCompleted && !reader.IsCompleted)
            {
                await writer.WaitAsync(CloseTime, _time, CancellationToken.None);
                connection.ShutdownSend();
            }
        }
        catch (TimeoutException)
        {
            // It does not take the last message either.
        }
        finally
        {
            await end.CancelAsync();
            await _rib.TellAsync(rib => rib.Monitors.Remove(monitor), CancellationToken.None)
                .ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing); // the RIB may have ended before us
            await connection.DisposeAsync();
            await Task.WhenAll(reader, writer, reports).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            output.Clear();
        }

        NoteEnd(givenUp.Task.IsCompleted ? "the station does not read: it begins anew"
            : stop.IsCancellationRequested ? null
            : reader.Exception?.InnerException?.Message ?? "the station closed the connection");
    }

    /// <summary>A station says nothing (RFC 7854 §3.2): all there is to read is the end.</summary>
    private static async Task WaitForEndAsync(IBgpConnection connection, CancellationToken cancellationToken)
    {
        var scratch = new byte[512];
        while (await connection.ReadAsync(scratch, cancellationToken) > 0)
        {
        }
    }

    private async Task WriteAsync(IBgpConnection connection, OutputQueue output, BmpMonitor monitor)
    {
        var taken = new List<EncodedMessages>();
        var buffers = new List<ReadOnlyMemory<byte>>();
        try
        {
            while (await output.TakeAsync(taken, CancellationToken.None))
            {
                buffers.AddRange(taken.Select(messages => messages.Octets));
                await connection.WriteAsync(buffers, CancellationToken.None);
                Interlocked.Add(ref _octetsSent, buffers.Sum(buffer => (long)buffer.Length));
                buffers.Clear();
                if (output.Written(taken))
                {
                    await _rib.TellAsync(_ => monitor.OnOutputReady(), CancellationToken.None);
                }
            }
        }
        finally
        {
            output.Written(taken);
        }
    }

    private async Task ReportAsync(BmpMonitor monitor, CancellationToken cancellationToken)
    {
        if (Config.StatisticsInterval == TimeSpan.Zero)
        {
            return;
        }

        using var timer = new PeriodicTimer(Config.StatisticsInterval, _time);
        while (await timer.WaitForNextTickAsync(cancellationToken))
        {
            await _rib.TellAsync(_ => monitor.Report(), cancellationToken);
        }
    }

    private void NoteEnd(string? reason)
    {
        if (_status.IsConnected || _status.LastError != reason)
        {
            LogEnded(Config.Name, reason);
        }

        _status = _status with
        {
            Since = _status.IsConnected ? _time.GetUtcNow() : _status.Since,
            IsConnected = false,
            LastError = reason ?? _status.LastError,
        };
    }

    [LoggerMessage(LogLevel.Information, "BMP station {Station} is connected at {EndPoint}")]
    private partial void LogConnected(string station, IPEndPoint endPoint);

    [LoggerMessage(LogLevel.Warning, "BMP station {Station} is not connected: {Reason}")]
    private partial void LogEnded(string station, string? reason);
}
