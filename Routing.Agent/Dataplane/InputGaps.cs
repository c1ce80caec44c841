namespace Routing.Agent.Dataplane;

/// <summary>Which kinds the API server does not tell of for now. After it was away its watches come back one after the other, each with
/// all that changed meanwhile: pods of now beside policies of an hour ago may allow what neither the old state of the cluster nor the
/// new one does. So what is told by a kind that comes back waits for those that are still away, but not for ever. Owned by the
/// <see cref="DataplaneLoop"/>.</summary>
/// <param name="limit">How long a change waits for those that are still away.</param>
internal sealed class InputGaps(TimeSpan limit)
{
    private readonly HashSet<PolicyInput> _away = [];
    private readonly Dictionary<PolicyInput, TimeSpan> _resumed = [];
    private TimeSpan? _caughtUp; // when a kind that came back told something, while others were away

    /// <summary>The kinds that are away.</summary>
    public IReadOnlyCollection<PolicyInput> Away => _away;

    /// <summary>When changes wait no longer; null when they need not wait.</summary>
    /// <param name="now">The time.</param>
    /// <param name="firstChange">When the first of them came; null when there are none.</param>
    public TimeSpan? HeldUntil(TimeSpan now, TimeSpan? firstChange) =>
        _away.Count > 0 && _caughtUp + limit > now && firstChange + limit is { } until && until > now ? until : null;

    /// <summary>A kind is away.</summary>
    public void OnInterrupted(PolicyInput input) => _away.Add(input);

    /// <summary>A kind is followed again; what was missed has been told, or comes now.</summary>
    public void OnResumed(PolicyInput input, TimeSpan now)
    {
        if (_away.Remove(input))
        {
            _resumed[input] = now;
        }
    }

    /// <summary>A kind has told something.</summary>
    public void OnTold(PolicyInput input, TimeSpan now)
    {
        var isAway = _away.Contains(input);
        var isBack = _resumed.TryGetValue(input, out var since) && now < since + limit;
        if ((isAway || isBack) && _away.Count > (isAway ? 1 : 0))
        {
            _caughtUp = now;
        }
    }
}
