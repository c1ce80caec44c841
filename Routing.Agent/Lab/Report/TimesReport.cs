namespace Routing.Agent.Lab.Report;

/// <summary>How long things took. Null where there was nothing to measure.</summary>
public sealed record TimesReport
{
    /// <summary>From the start of the program's work to all sessions Established, all routes there, all pods Running.</summary>
    public required double ClusterReadySeconds { get; init; }

    /// <summary>Pods wired.</summary>
    public required int Adds { get; init; }

    /// <summary>CNI ADD, from the start of the plugin to its exit: the median.</summary>
    public double? AddMedianMilliseconds { get; init; }

    /// <summary>The 99th percentile.</summary>
    public double? AddP99Milliseconds { get; init; }

    /// <summary>From sending a policy that forbids a flow to the API, to the first packet that is dropped: the median of several.</summary>
    public double? PolicyToDenyMilliseconds { get; init; }

    /// <summary>From sending the change that allows it again, to the first packet that passes: the median of several.</summary>
    public double? PolicyToAllowMilliseconds { get; init; }

    /// <summary>The flow these two were measured on.</summary>
    public string? PolicyFlow { get; init; }
}
