namespace Routing.Agent.Options;

/// <summary>How changes become transactions of the packet filter.</summary>
public sealed class DataplaneOptions
{
    /// <summary>Changes from the API server wait so long for more of their kind; a pod's ADD never waits. No longer than a commit
    /// takes: what comes during one is in the next anyway.</summary>
    public TimeSpan CoalesceLeast { get; init; } = TimeSpan.FromMilliseconds(1);

    /// <summary>No change waits longer than this, however many keep coming.</summary>
    public TimeSpan CoalesceGreatest { get; init; } = TimeSpan.FromMilliseconds(250);

    /// <summary>How often the kernel is asked whether somebody else has changed our rules, which are then
    /// repaired.</summary>
    public TimeSpan CheckInterval { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>How long an ADD waits for the watch to bring its pod before the API server is asked directly.</summary>
    public TimeSpan PodWait { get; init; } = TimeSpan.FromMilliseconds(200);

    /// <summary>How long an ADD waits in all; kubelet asks again.</summary>
    public TimeSpan CommitTimeout { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>First delay after the kernel refused a transaction.</summary>
    public TimeSpan RetryLeast { get; init; } = TimeSpan.FromMilliseconds(100);

    /// <summary>Longest delay between tries.</summary>
    public TimeSpan RetryGreatest { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>After so many refusals in a row the node is not ready: one that cannot be guarded as its policies say must not look
    /// healthy. It is tried on (docs/adr/0024).</summary>
    public int FailureLimit { get; init; } = 10;

    /// <summary>How long a change waits, after the API server was away, for the kinds that are not back yet: a watch tries again
    /// within 30 s.</summary>
    public TimeSpan GapLimit { get; init; } = TimeSpan.FromSeconds(45);
}
