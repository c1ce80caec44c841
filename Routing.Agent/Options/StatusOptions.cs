namespace Routing.Agent.Options;

/// <summary>How gently conditions are written. Each kind of policy has a writer of its own.</summary>
public sealed record StatusOptions
{
    /// <summary>Least time between two writes.</summary>
    public TimeSpan Interval { get; init; } = TimeSpan.FromMilliseconds(100);

    /// <summary>Longest time of one write.</summary>
    public TimeSpan Timeout { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>First delay after the API server refused or was not to be reached.</summary>
    public TimeSpan RetryLeast { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>Longest delay between tries.</summary>
    public TimeSpan RetryGreatest { get; init; } = TimeSpan.FromMinutes(5);

    /// <summary>How long one policy waits whose write was refused for its own sake (it has changed, or is gone: the watch will
    /// say so), or does not show (somebody else writes the same condition).</summary>
    public TimeSpan Patience { get; init; } = TimeSpan.FromSeconds(60);
}
