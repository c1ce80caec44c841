namespace Routing.Agent.Lab.Report;

/// <summary>Order statistics over few samples.</summary>
internal static class Percentile
{
    /// <summary>The nearest-rank percentile in milliseconds; null of no samples.</summary>
    public static double? Milliseconds(IEnumerable<TimeSpan> samples, int percent)
    {
        var sorted = samples.Order().ToList();
        return sorted.Count == 0
            ? null
            : Math.Round(sorted[Math.Max(0, (int)Math.Ceiling(sorted.Count * percent / 100.0) - 1)].TotalMilliseconds, 2);
    }
}
