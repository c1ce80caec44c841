using Routing.Agent.Dataplane.Iptables;
using Routing.Agent.Netlink;
using Routing.Policy.Rules;

namespace Routing.Agent.Dataplane;

/// <content>When a transaction is due, and what becomes of it.</content>
internal sealed partial class DataplaneLoop
{
    /// <summary>Applies what is due.</summary>
    /// <returns>How long to wait for what is due next.</returns>
    private TimeSpan ApplyIfDue()
    {
        var now = Now;
        if (_retryAt > now)
        {
            return _retryAt - now;
        }

        if (!_isInstalled || (_missing.Count > 0 && now >= _nextCheck))
        {
            var wait = Try(Close); // also when all was listed before the first look: what follows may be refused
            if (!_isInstalled)
            {
                return wait;
            }
        }

        if (_missing.Count > 0)
        {
            return _nextCheck - now;
        }

        if (_gaps.HeldUntil(now, _firstChange) is { } until)
        {
            KeepStandingIfDue();
            return Earlier(until, _nextCheck) - now;
        }

        var due = _firstChange is not { } first ? _nextCheck
            : _waiters.Any ? now : Earlier(_lastChange + _options.CoalesceLeast, first + _options.CoalesceGreatest);
        return due > now ? due - now : Apply(_policy.Compile(), isCheck: now >= _nextCheck);
    }

    /// <summary>On a node without our table everything to and from pods' interfaces is open: close it. A table that
    /// stands is left as it is.</summary>
    private void Close()
    {
        var stands = _applier.IsInstalled();
        if (!stands)
        {
            _applier.Apply(_closed);
            LogInstalled();
        }

        // What is found at the first look may be such closed rules as well.
        var areEarlier = stands && (_isInstalled ? _status.EarlierStand : _endpoints.Count > 0 && !_applier.Holds(_closed));
        (_isInstalled, _status) = (true, _status with { EarlierStand = areEarlier });
    }

    /// <summary>Repairs what was committed last while something keeps its successor from the kernel. Otherwise whoever deletes our
    /// rules in that time would open the node.</summary>
    private void KeepStandingIfDue()
    {
        if (!_isInstalled || Now < _nextCheck)
        {
            return;
        }

        _nextCheck = Now + _options.CheckInterval;
        try
        {
            if (_inKernel is not { } last)
            {
                Close();
            }
            else if (_applier.Apply(last) is { IsEmpty: false } change)
            {
                Committed?.Invoke(new CommittedRuleset(last, IsRepair: true, IsOfNames: false));
                LogPutBack(change.Repaired ?? $"{change}");
            }
        }
        catch (Exception e) when (e is NetlinkException or ProgramException)
        {
            LogNotKept(e.Message);
        }
    }

    /// <param name="desired">What shall be.</param>
    /// <param name="isCheck">Ask the kernel even when nothing has changed on our side.</param>
    private TimeSpan Apply(Ruleset desired, bool isCheck)
    {
        var isSame = ReferenceEquals(desired, _inKernel);
        if (isSame && !isCheck)
        {
            OnCommitted(); // what changed makes no difference to this node
            return _nextCheck - Now;
        }

        if (!isSame && _verifier?.Check(_inKernel ?? _closed, desired, _policy) is { Count: > 0 } wrong)
        {
            return Disagree(wrong);
        }

        var started = _time.GetTimestamp();
        return Try(() =>
        {
            var change = _applier.Apply(desired);
            var took = _time.GetElapsedTime(started);
            var isFirst = _inKernel is null;
            (_inKernel, _isInstalled) = (desired, true);
            _status = _status with { InForce = true };
            var isRepair = change.Repaired is not null || (isSame && !change.IsEmpty);
            Committed?.Invoke(new CommittedRuleset(desired, isRepair, IsOfNames: !isFirst && !_isMoreThanNames));
            if (!change.IsEmpty)
            {
                OnChanged(change, took, isRepair);
            }

            OnCommitted();
        });
    }

    /// <summary>Keeps the rules that are in force. The next change is compiled and looked at anew; without one it is looked at
    /// again after a while, with another sample.</summary>
    private TimeSpan Disagree(IReadOnlyList<string> wrong)
    {
        _retryAt = Now + _options.RetryGreatest;
        _metrics.OnRulesetDisagreed();
        _status = _status with
        {
            Disagreements = _status.Disagreements + 1,
            LastError = $"the verifier refused a ruleset, the old one stays: {wrong[0]}",
        };
        LogDisagreed(wrong.Count, string.Join(" | ", wrong.Take(5)));
        KeepStandingIfDue();

        return _options.RetryGreatest;
    }

    private void OnChanged(RulesetChange change, TimeSpan took, bool isRepair)
    {
        _metrics.OnRulesetApplied(took);
        _status = _status with
        {
            Applies = _status.Applies + 1,
            LastApply = _time.GetUtcNow(),
            LastApplyDuration = took,
        };
        if (isRepair)
        {
            LogRepaired(change.Repaired ?? $"{change}");
        }
        else
        {
            LogApplied(change, took.TotalMilliseconds);
        }
    }

    private void OnCommitted()
    {
        _firstChange = null;
        TellHostEndpoints();
        TellFaults();
        _namesInUse = _policy.DomainsInUse;
        _isMoreThanNames = false;
        _waiters.OnCommitted(_policy.IsOpen);
        _status = _status with { Endpoints = _endpoints.Count };
    }

    /// <summary>Works on the kernel; what is refused stays dirty.</summary>
    /// <returns>How long to wait for the next try or check.</returns>
    private TimeSpan Try(Action work)
    {
        try
        {
            work();
            _backoff.OnSuccess();
            _retryAt = default;
            _nextCheck = Now + _options.CheckInterval;
            _status = _status with { LastError = null, IsStuck = false };
            return _options.CheckInterval;
        }
        catch (Exception e) when (e is NetlinkException or ProgramException)
        {
            var delay = _backoff.OnFailure();
            _retryAt = Now + delay;
            _metrics.OnRulesetFailed();
            _status = _status with
            {
                Failures = _status.Failures + 1, LastError = e.Message, IsStuck = _backoff.Failures >= _options.FailureLimit,
            };
            if (_backoff.Failures <= _options.FailureLimit || _backoff.Failures % _options.FailureLimit == 0)
            {
                LogRefused(e.Message, _backoff.Failures, delay);
            }

            KeepStandingIfDue();
            return delay;
        }
    }

    private static TimeSpan Earlier(TimeSpan a, TimeSpan b) => a < b ? a : b;

    [LoggerMessage(LogLevel.Information, "Packet filter: closed base rules are in the kernel")]
    private partial void LogInstalled();

    [LoggerMessage(LogLevel.Debug, "Packet filter: {Change} in {Milliseconds} ms")]
    private partial void LogApplied(RulesetChange change, double milliseconds);

    [LoggerMessage(LogLevel.Warning, "Packet filter: somebody else had changed our rules, which were repaired: {Difference}")]
    private partial void LogRepaired(string difference);

    [LoggerMessage(LogLevel.Error,
        "Packet filter: the new rules do not do what the policies say and are not committed; the old ones stay. "
        + "{Count} packets of the sample, as: {Disagreements}")]
    private partial void LogDisagreed(int count, string disagreements);

    [LoggerMessage(LogLevel.Warning,
        "Packet filter: rules that stood were put back, while those that follow them cannot come in: {Difference}")]
    private partial void LogPutBack(string difference);

    [LoggerMessage(LogLevel.Error, "Packet filter: the rules that stand could not be looked after: {Reason}")]
    private partial void LogNotKept(string reason);

    [LoggerMessage(LogLevel.Error,
        "Packet filter: the kernel refused, failure {Failures} in a row, next try in {Delay}: {Reason}")]
    private partial void LogRefused(string reason, int failures, TimeSpan delay);
}
