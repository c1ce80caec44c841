namespace Routing.Agent.Options;

/// <summary>How reported packets become flows.</summary>
public sealed class FlowOptions
{
    /// <summary>Packets of a flow that come within this time are told at once.</summary>
    public TimeSpan Window { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>Flows of a window; packets of more are counted only.</summary>
    public int Capacity { get; init; } = 4096;

    /// <summary>Flows of a window whose policies are looked for; more of them are told without.</summary>
    public int Judged { get; init; } = 256;

    /// <summary>Flows kept for who asks later, and flows that wait for each follower.</summary>
    public int Recent { get; init; } = 1024;

    /// <summary>Time between tries to listen where the kernel refuses.</summary>
    public TimeSpan Retry { get; init; } = TimeSpan.FromSeconds(30);
}
