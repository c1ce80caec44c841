namespace Routing.Agent.Attachments;

public sealed partial class AttachmentService
{
    [LoggerMessage(1, LogLevel.Information,
        "Attached {Pod}, container {ContainerId}, by {IfName} with {Addresses} in {Milliseconds} ms")]
    private partial void LogAttached(
        string pod, string containerId, string ifName, string addresses, double milliseconds);

    [LoggerMessage(2, LogLevel.Information, "Detached {Pod}, container {ContainerId}, from {IfName}")]
    private partial void LogDetached(string pod, string containerId, string ifName);

    [LoggerMessage(3, LogLevel.Warning, "Could not attach {Pod}, container {ContainerId}: {Reason}")]
    private partial void LogFailed(string pod, string containerId, string reason);

    [LoggerMessage(4, LogLevel.Error,
        "Could not undo the attachment of {Pod}, container {ContainerId}; its DEL or the next start will")]
    private partial void LogUndoFailed(Exception exception, string pod, string containerId);

    [LoggerMessage(5, LogLevel.Information,
        "Collecting {Pod}, container {ContainerId}, {IfName}: the runtime no longer knows it")]
    private partial void LogGarbage(string pod, string containerId, string ifName);

    [LoggerMessage(6, LogLevel.Warning, "An attachment record cannot be used: {Reason}")]
    private partial void LogUnreadable(string reason);

    [LoggerMessage(7, LogLevel.Warning,
        "Cleared {IfName}, whose ADD the last agent did not finish; the interface was there: {WasThere}")]
    private partial void LogInterrupted(string ifName, bool wasThere);

    [LoggerMessage(8, LogLevel.Information, "Released {Pod}, container {ContainerId}: {IfName} is gone")]
    private partial void LogGone(string pod, string containerId, string ifName);

    [LoggerMessage(9, LogLevel.Warning, "Removed {IfName} ({Alias}): ours, without a record, and never brought up")]
    private partial void LogDeadInterface(string ifName, string alias);

    [LoggerMessage(10, LogLevel.Warning,
        "{IfName} ({Alias}) has no record; it stays, and its addresses {Addresses} are not given out until its DEL")]
    private partial void LogOrphan(string ifName, string alias, string addresses);

    [LoggerMessage(11, LogLevel.Information, "Switched on {Setting}: this node routes for its pods")]
    private partial void LogForwarding(string setting);
}
