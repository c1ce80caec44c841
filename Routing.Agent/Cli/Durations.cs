namespace Routing.Agent.Cli;

/// <summary>Durations for people.</summary>
internal static class Durations
{
    /// <summary>The two largest units, as in "3d4h", "2m10s" or "12s".</summary>
    public static string Format(double seconds)
    {
        var span = TimeSpan.FromSeconds(Math.Max(0, seconds));
        return span switch
        {
            { TotalDays: >= 1 } => $"{span.Days}d{span.Hours}h",
            { TotalHours: >= 1 } => $"{span.Hours}h{span.Minutes}m",
            { TotalMinutes: >= 1 } => $"{span.Minutes}m{span.Seconds}s",
            _ => $"{span.Seconds}s",
        };
    }
}
