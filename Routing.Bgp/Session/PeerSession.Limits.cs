using Microsoft.Extensions.Logging;
using Routing.Bgp.Fsm;
using Routing.Bgp.Wire.Iana;
using Routing.Bgp.Wire.Messages;

namespace Routing.Bgp.Session;

/// <summary>Prefix limits (RFC 4271 §6.7): the RIB counts, the session ends, and comes back after a while or when an operator
/// says so.</summary>
internal sealed partial class PeerSession
{
    private long? _limitDeadline;

    /// <summary>Looks whether the RIB has said something about the established connection.</summary>
    private void CheckLimits()
    {
        if (_established?.Limits.Take() is not { } notice)
        {
            return;
        }

        var (limit, count) = notice;
        if (!notice.EndsSession)
        {
            LogNearLimit(_settings.Name, count, limit.Maximum, limit.Family);
            return;
        }

        StopSlots(NotificationMessage.TooManyPrefixes(limit.Family, limit.Maximum));
        NoteError($"{count} {limit.Family} prefixes, more than the {limit.Maximum} allowed; "
            + (_settings.LimitRestartTime is { } time ? $"down for {time}" : "down until reset"));
        LogOverLimit(_settings.Name, count, limit.Maximum, limit.Family);
        _limitDeadline = _settings.LimitRestartTime is { } wait ? SessionTimers.After(_time, wait) : null;
    }

    private void RunLimitTimer()
    {
        if (_limitDeadline is { } deadline && deadline <= _time.GetTimestamp())
        {
            _limitDeadline = null;
            StartSlots(SessionEventKind.ManualStart);
        }
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "{Peer}: {Count} of {Maximum} {AfiSafi} prefixes allowed")]
    private partial void LogNearLimit(string peer, int count, int maximum, AfiSafi afiSafi);

    [LoggerMessage(Level = LogLevel.Error, Message = "{Peer}: {Count} {AfiSafi} prefixes, more than the {Maximum} allowed: session ended")]
    private partial void LogOverLimit(string peer, int count, int maximum, AfiSafi afiSafi);
}
