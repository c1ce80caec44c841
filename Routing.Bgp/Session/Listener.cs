using System.Net;
using Microsoft.Extensions.Logging;
using Routing.Bgp.Session.Tcp;
using Routing.Bgp.Wire;
using Routing.Bgp.Wire.Iana;
using Routing.Bgp.Wire.Messages;

namespace Routing.Bgp.Session;

/// <summary>Accepts connections on one address and gives each to its peer's session. A stranger is told that it is
/// unwanted (RFC 4486, Connection Rejected) and closed.</summary>
/// <param name="port">The listening port; owned and closed by this object.</param>
internal sealed partial class Listener(
    IBgpListener port, IPeerDirectory peers, TimeProvider time, ILogger<Listener> logger) : IAsyncDisposable
{
    /// <summary>A pause after an accept that failed, lest a machine without file descriptors spin.</summary>
    private static readonly TimeSpan AcceptRetryTime = TimeSpan.FromMilliseconds(100);

    /// <summary>Where it listens.</summary>
    public IPEndPoint LocalEndPoint => port.LocalEndPoint;

    /// <summary>Accepts until cancelled.</summary>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        while (!cancellationToken.IsCancellationRequested)
        {
            try
            {
                var connection = await port.AcceptAsync(cancellationToken);
                await RouteAsync(connection, cancellationToken);
            }
            catch (Exception exception) when (exception is OperationCanceledException or ObjectDisposedException)
            {
                return;
            }
            catch (IOException exception)
            {
                LogAcceptFailed(exception.Message);
                await Task.Delay(AcceptRetryTime, time, cancellationToken)
                    .ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
        }
    }

    /// <summary>Changes what connections must be signed with.</summary>
    public void SetKeys(IReadOnlyDictionary<IPNetwork, PeerKeys> keys)
    {
        foreach (var reason in port.SetKeys(keys))
        {
            LogKeyRefused(LocalEndPoint, reason);
        }
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => port.DisposeAsync();

    private async Task RouteAsync(IBgpConnection connection, CancellationToken cancellationToken)
    {
        var remote = connection.RemoteEndPoint.Address;
        if (peers.Find(remote, connection.LocalEndPoint.Address) is { } session
            && (session.Settings.Connection.Keys.IsEmpty || port.Guards(remote))
            && session.TryAccept(connection))
        {
            return;
        }

        LogRejected(remote);
        await RejectAsync(connection, cancellationToken);
    }

    /// <summary>Sends a Cease and closes. It fits any socket's buffer, so a stranger cannot hold the listener
    /// up.</summary>
    public static async Task RejectAsync(IBgpConnection connection, CancellationToken cancellationToken)
    {
        await using (connection)
        {
            try
            {
                await connection.WriteAsync([Rejection], cancellationToken);
                connection.ShutdownSend();
            }
            catch (Exception exception) when (exception is IOException or OperationCanceledException)
            {
                // It left by itself, or we do.
            }
        }
    }

    private static ReadOnlyMemory<byte> Rejection { get; } = EncodeRejection();

    private static byte[] EncodeRejection()
    {
        Span<byte> buffer = stackalloc byte[MessageHeader.Length + 2];
        var writer = new WireWriter(buffer);
        NotificationMessage.Cease(CeaseSubcode.ConnectionRejected).Encode(ref writer);
        return writer.Written.ToArray();
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "accepting a connection failed: {Reason}")]
    private partial void LogAcceptFailed(string reason);

    [LoggerMessage(Level = LogLevel.Error, Message = "connections to {Address} from there are refused: {Reason}")]
    private partial void LogKeyRefused(IPEndPoint address, string reason);

    [LoggerMessage(Level = LogLevel.Information, Message = "{Peer} is no neighbour, or may not connect now: rejected")]
    private partial void LogRejected(IPAddress peer);
}
