namespace Routing.Agent.Options;

/// <summary>How the FIB is kept.</summary>
public sealed class FibOptions
{
    /// <summary>First delay after the kernel refused a route.</summary>
    public TimeSpan RetryLeast { get; init; } = TimeSpan.FromMilliseconds(200);

    /// <summary>Longest delay between tries; a next hop may stay unreachable for long.</summary>
    public TimeSpan RetryGreatest { get; init; } = TimeSpan.FromSeconds(30);
}
