namespace Routing.Benchmarks.Bgp;

/// <summary>One daemon, one run of one row of the tables.</summary>
/// <param name="Row">The row's name: "S1", "S3 cold".</param>
/// <param name="Daemon">Whose.</param>
internal sealed record Measurement(string Row, string Daemon)
{
    /// <summary>Wall time.</summary>
    public double Seconds { get; init; }

    /// <summary>Processor time of all processes of the daemon, meanwhile.</summary>
    public double CpuSeconds { get; init; }

    /// <summary>The most memory resident at a time since the daemon started.</summary>
    public double PeakMiB { get; init; }

    /// <summary>The longest any session heard nothing; past the hold time a real peer would have gone.</summary>
    public TimeSpan LongestSilence { get; init; }

    /// <summary>Why there is no time, or null.</summary>
    public string? Failure { get; init; }

    /// <summary>What else a row has to say.</summary>
    public string Note { get; init; } = "";
}
