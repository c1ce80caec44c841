using System.Collections.Immutable;
using Microsoft.Extensions.Logging;
using Routing.Bgp.Fsm;
using Routing.Bgp.Wire.Iana;
using Routing.Bgp.Wire.Messages;

namespace Routing.Bgp.Session;

/// <summary>Log messages.</summary>
internal sealed partial class PeerSession
{
    [LoggerMessage(Level = LogLevel.Debug, Message = "{Peer}: {From} to {State} on {Reason}")]
    private partial void LogState(string peer, SessionState from, SessionState state, SessionEventKind reason);

    [LoggerMessage(Level = LogLevel.Information,
        Message = "{Peer}: Established with AS {Asn}, hold time {HoldTimeSeconds} s, families {AfiSafi}")]
    private partial void LogEstablished(string peer, uint asn, double holdTimeSeconds, ImmutableArray<AfiSafi> afiSafi);

    [LoggerMessage(Level = LogLevel.Information, Message = "{Peer}: session ended after {Seconds:F0} s: {Reason}")]
    private partial void LogDown(string peer, string? reason, double seconds);

    [LoggerMessage(Level = LogLevel.Debug, Message = "{Peer}: {Reason}")]
    private partial void LogConnectFailed(string peer, string? reason);

    [LoggerMessage(Level = LogLevel.Debug, Message = "{Peer}: {Reason}")]
    private partial void LogLinkReason(string peer, string reason);

    [LoggerMessage(Level = LogLevel.Warning, Message = "{Peer}: its OPEN is refused: {Reason}")]
    private partial void LogOpenRefused(string peer, string reason);

    [LoggerMessage(Level = LogLevel.Information, Message = "{Peer}: sends NOTIFICATION {Notification} on {Reason}")]
    private partial void LogNotificationSent(string peer, NotificationMessage notification, SessionEventKind reason);

    [LoggerMessage(Level = LogLevel.Information, Message = "{Peer}: its connection is rejected while held in Idle")]
    private partial void LogRejected(string peer);

    [LoggerMessage(Level = LogLevel.Information,
        Message = "{Peer}: has restarted; its new connection replaces the established one")]
    private partial void LogReplaced(string peer);

    [LoggerMessage(Level = LogLevel.Information,
        Message = "{Peer}: its routes are kept for {Seconds} s while it restarts")]
    private partial void LogRetains(string peer, int seconds);

    [LoggerMessage(Level = LogLevel.Information,
        Message = "{Peer}: the time of its stale routes has passed; they go: {AfiSafi}")]
    private partial void LogRestartTimeExpired(string peer, ImmutableArray<AfiSafi> afiSafi);

    [LoggerMessage(Level = LogLevel.Warning,
        Message = "{Peer}: it began to send its routes again and did not end; those left out go: {AfiSafi}")]
    private partial void LogRefreshTimeExpired(string peer, ImmutableArray<AfiSafi> afiSafi);

    [LoggerMessage(Level = LogLevel.Information,
        Message = "{Peer}: its restart time has passed; its routes are kept as the least preferred: {AfiSafi}")]
    private partial void LogLongLived(string peer, ImmutableArray<AfiSafi> afiSafi);
}
