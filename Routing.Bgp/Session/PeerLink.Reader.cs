using System.Diagnostics.CodeAnalysis;
using Microsoft.Extensions.Logging;
using Routing.Bgp.Fsm;
using Routing.Bgp.Rib.Inbox;
using Routing.Bgp.Wire;
using Routing.Bgp.Wire.Iana;
using Routing.Bgp.Wire.Messages;
using Routing.Bgp.Wire.Updates;

namespace Routing.Bgp.Session;

/// <summary>The reading task.</summary>
internal sealed partial class PeerLink
{
    private async Task RunReaderAsync()
    {
        try
        {
            if (!await ReadHandshakeAsync() || _established is not { } established)
            {
                return;
            }

            _ends = _ends with { FourOctetAsn = established.Context.FourOctetAsn, Context = established.Context };
            _framer.TakesExtended = established.TakesExtended;
            await WaitForRibAsync(new ValueTask(established.Before));
            await WaitForRibAsync(_host.Rib.PeerUpAsync(established.Up, _host.Aborted));
            _upTold.TrySetResult();
            var (end, reason) = await ReadRoutesAsync(new UpdateIntake(_host.Peer, established.Context, EndsOfRib));
            _readsEnded.TrySetResult();
            await ReportAsync(end, reason);
            await _host.Rib.PeerDownAsync(_host.Peer, await _ended.Task, _host.Aborted);
        }
        catch (OperationCanceledException)
        {
            // Aborted: the RIB is going away too.
        }
        catch (Exception exception)
        {
            LogReaderFailed(_host.Logger, exception, _host.Name);
            await ReportAsync(new SessionEvent(SessionEventKind.AutomaticStop), $"internal error: {exception.Message}");
        }
        finally
        {
            _upTold.TrySetResult();
            _readsEnded.TrySetResult();
        }
    }

    /// <summary>Reads until the session is Established.</summary>
    /// <returns>False when it will not be.</returns>
    private async Task<bool> ReadHandshakeAsync()
    {
        try
        {
            while (true)
            {
                while (TryTakeHandshake(out var @event, out var open, out var reason))
                {
                    if (await ReportAsync(@event, reason, open))
                    {
                        return true;
                    }
                }

                if (!await FillAsync())
                {
                    await ReportAsync(ConnectionClosed, "the peer closed the connection");
                    return false;
                }
            }
        }
        catch (OperationCanceledException)
        {
            return false;
        }
        catch (IOException exception)
        {
            await ReportAsync(ConnectionClosed, exception.Message);
            return false;
        }
    }

    /// <summary>Reads UPDATEs into batches until something ends the session.</summary>
    private async Task<(SessionEvent End, string? Reason)> ReadRoutesAsync(UpdateIntake intake)
    {
        try
        {
            while (true)
            {
                var stop = TakeRoutes(intake, out var request, out var end, out var reason);

                // A batch goes when it is full, or when the peer pauses: not to wait for more is worth more than a
                // larger batch. Before the end it goes too, because what came before the end still counts.
                if (intake.HasEntries && (stop != ReadStop.Empty || !_connection.HasUnread))
                {
                    await WaitForRibAsync(_host.Rib.UpdatesAsync(intake.TakeBatch(), _stop.Token));

                    // While octets and room are always there, nothing above ever waits; then many loading peers would
                    // keep the pool's threads from the loops that send KEEPALIVEs.
                    await Task.Yield();
                }

                switch (stop)
                {
                    case ReadStop.End:
                        return (end, reason);
                    case ReadStop.RouteRefresh:
                        await WaitForRibAsync(_host.Rib.RouteRefreshAsync(_host.Peer, request!, _stop.Token));
                        break;
                    case ReadStop.Empty:
                        if (!await FillAsync())
                        {
                            return (ConnectionClosed, "the peer closed the connection");
                        }

                        break;
                }
            }
        }
        catch (OperationCanceledException)
        {
            return (ConnectionClosed, null); // the loop ended the session and knows why
        }
        catch (IOException exception)
        {
            return (ConnectionClosed, exception.Message);
        }
        catch (Exception exception)
        {
            // A bug of ours, met by what this peer sent: it costs this session and no other.
            LogReaderFailed(_host.Logger, exception, _host.Name);
            return (new SessionEvent(SessionEventKind.AutomaticStop), $"internal error: {exception.Message}");
        }
    }

    /// <summary>The time the RIB takes is not the peer's silence.</summary>
    private async ValueTask WaitForRibAsync(ValueTask waiting)
    {
        if (!waiting.IsCompletedSuccessfully)
        {
            _waitsForRib = true;
            await waiting;
            NoteReceived();
            _waitsForRib = false;
        }
    }

    private void NoteReceived() => Interlocked.Exchange(ref _lastReceived, _host.Time.GetTimestamp());

    private static SessionEvent ConnectionClosed => new(SessionEventKind.TcpConnectionFailed);

    /// <summary>Waits for octets.</summary>
    /// <returns>False at the end of the connection.</returns>
    private async ValueTask<bool> FillAsync()
    {
        var count = await _connection.ReadAsync(_framer.GetMemory(), _stop.Token);
        _framer.Advance(count);
        _host.Counters.Read(count);
        return count > 0;
    }

    /// <summary>Takes messages until the buffer holds no whole one or something else has to be done.</summary>
    private ReadStop TakeRoutes(
        UpdateIntake intake, out RouteRefreshMessage? request, out SessionEvent end, out string? reason)
    {
        (request, end, reason) = (null, default, null);
        while (true)
        {
            if (intake.IsFull)
            {
                return ReadStop.BatchFull;
            }

            var status = _framer.Read(out var type, out var body, out var error);
            if (status == FrameStatus.Incomplete)
            {
                return ReadStop.Empty;
            }

            if (status == FrameStatus.Error)
            {
                (end, reason) = (new SessionEvent(SessionEventKind.HeaderError, error!.Notification), error.Reason);
                return ReadStop.End;
            }

            // A long message may need a batch of its own.
            if (type == MessageType.Update && !intake.HasRoomFor(body.Length))
            {
                _framer.Unread(body.Length);
                return ReadStop.BatchFull;
            }

            NoteReceived();
            _host.Counters.In.Add(type, body);
            _host.Taps.OnReceived(_ends, type, body);
            switch (type)
            {
                case MessageType.Update:
                    if (!TakeUpdate(intake, body, out error))
                    {
                        end = new SessionEvent(SessionEventKind.UpdateError, error!.Notification);
                        reason = error.Reason;
                        return ReadStop.End;
                    }

                    break;
                case MessageType.Keepalive:
                    break; // its coming is all it says, and that has been noted
                case MessageType.RouteRefresh:
                    if (!TryTakeRefresh(intake, body, out request, out error))
                    {
                        (end, reason) = (new SessionEvent(SessionEventKind.UpdateError, error.Notification), error.Reason);
                        return ReadStop.End;
                    }

                    if (request is not null)
                    {
                        return ReadStop.RouteRefresh;
                    }

                    break;
                default:
                    end = ToEvent(type, body, out _, out reason);
                    return ReadStop.End;
            }
        }
    }

    /// <summary>Takes a ROUTE-REFRESH; marks go with the routes, in their order.</summary>
    /// <param name="intake">Takes the marks.</param>
    /// <param name="body">The message.</param>
    /// <param name="request">What the RIB has to answer; null for the rest.</param>
    /// <param name="error">Why the session has to end.</param>
    /// <returns>False when it has to.</returns>
    private bool TryTakeRefresh(
        UpdateIntake intake,
        ReadOnlySpan<byte> body,
        out RouteRefreshMessage? request,
        [NotNullWhen(false)] out DecodeError? error)
    {
        request = null;
        if (!RouteRefreshMessage.TryDecode(body, out var message, out error))
        {
            return false;
        }

        if (!_established!.Context.Carries(message.Family))
        {
            return true; // RFC 2918 §4
        }

        switch (message.Subtype)
        {
            case RouteRefreshSubtype.Request:
                request = message;
                break;
            case RouteRefreshSubtype.Begin when _established.Up.EnhancedRefresh:
                intake.AddMark(UpdateEntryKind.BeginOfRefresh, message.Family);
                Refreshes.Begin(message.Family);
                _host.Inbox.TryWrite(new SessionInput(SessionInputKind.Tick)); // the loop has a deadline more
                break;
            case RouteRefreshSubtype.End when _established.Up.EnhancedRefresh:
                intake.AddMark(UpdateEntryKind.EndOfRefresh, message.Family);
                Refreshes.End(message.Family);
                break;
            default:
                break; // RFC 7313 §5: what is not defined is ignored
        }

        return true;
    }

    /// <returns>False when the session has to end.</returns>
    private bool TakeUpdate(UpdateIntake intake, ReadOnlySpan<byte> body, out DecodeError? error)
    {
        switch (intake.Add(body, out error))
        {
            case UpdateOutcome.SessionReset:
                return false;
            case UpdateOutcome.TreatAsWithdraw:
                _host.Counters.WithdrewMalformed();

                // The first of a connection is worth a warning; a peer that makes a habit of it fills counters, not
                // logs.
                LogTreatedAsWithdraw(
                    _host.Logger, _warned ? LogLevel.Debug : LogLevel.Warning, _host.Name, error?.Reason);
                _warned = true;
                return true;
            case UpdateOutcome.AttributeDiscard:
                _host.Counters.DiscardedAttribute();
                LogAttributeDiscarded(_host.Logger, _host.Name, error?.Reason);
                return true;
            default:
                return true;
        }
    }

    /// <summary>Takes one message of those that come before Established.</summary>
    private bool TryTakeHandshake(out SessionEvent @event, out OpenMessage? open, out string? reason)
    {
        (@event, open, reason) = (default, null, null);
        switch (_framer.Read(out var type, out var body, out var error))
        {
            case FrameStatus.Incomplete:
                return false;
            case FrameStatus.Error:
                @event = new SessionEvent(SessionEventKind.HeaderError, error!.Notification);
                reason = error.Reason;
                return true;
            default:
                _host.Counters.In.Add(type, body);
                _host.Taps.OnReceived(_ends, type, body);
                @event = ToEvent(type, body, out open, out reason);
                return true;
        }
    }

    private SessionEvent ToEvent(
        MessageType type, ReadOnlySpan<byte> body, out OpenMessage? open, out string? reason)
    {
        (open, reason) = (null, null);
        switch (type)
        {
            case MessageType.Open:
                ReceivedOpen = MessageHeader.Compose(type, body);
                if (OpenMessage.TryDecode(body, out open, out var error))
                {
                    return new SessionEvent(SessionEventKind.OpenReceived);
                }

                reason = error.Reason;
                return new SessionEvent(SessionEventKind.OpenError, error.Notification);
            case MessageType.Keepalive:
                return new SessionEvent(SessionEventKind.KeepaliveReceived);
            case MessageType.Notification:
                ReceivedNotification = MessageHeader.Compose(type, body);
                var notification = NotificationMessage.Decode(body);
                reason = $"the peer sent NOTIFICATION {notification}";
                var isVersion = notification is
                {
                    Code: NotificationCode.OpenMessageError,
                    Subcode: (byte)OpenErrorSubcode.UnsupportedVersionNumber,
                };
                return new SessionEvent(
                    isVersion ? SessionEventKind.VersionNotificationReceived : SessionEventKind.NotificationReceived,
                    notification);
            default:
                return new SessionEvent(SessionEventKind.UpdateReceived);
        }
    }

    [LoggerMessage(Message = "{Peer}: an UPDATE's routes are treated as withdrawn: {Reason}")]
    private static partial void LogTreatedAsWithdraw(ILogger logger, LogLevel level, string peer, string? reason);

    [LoggerMessage(Level = LogLevel.Debug, Message = "{Peer}: an attribute of an UPDATE is discarded: {Reason}")]
    private static partial void LogAttributeDiscarded(ILogger logger, string peer, string? reason);

    [LoggerMessage(Level = LogLevel.Error, Message = "{Peer}: reading failed; the session is reset")]
    private static partial void LogReaderFailed(ILogger logger, Exception exception, string peer);

    private enum ReadStop
    {
        /// <summary>The buffer holds no whole message.</summary>
        Empty,

        /// <summary>The RIB has to take the batch first.</summary>
        BatchFull,

        /// <summary>The peer wants routes again.</summary>
        RouteRefresh,

        /// <summary>The session ends.</summary>
        End,
    }
}
