namespace Routing.Benchmarks.Cni;

/// <summary>Durations of one thing, in milliseconds.</summary>
internal sealed class Samples
{
    private readonly List<double> _values = [];

    public int Count => _values.Count;

    public double Median => At(0.5);

    public double P99 => At(0.99);

    public void Add(TimeSpan duration) => _values.Add(duration.TotalMilliseconds);

    /// <summary>The smallest value that this share of all are not above (nearest rank).</summary>
    private double At(double share)
    {
        var sorted = _values.Order().ToList();
        return sorted[Math.Clamp((int)Math.Ceiling(share * sorted.Count) - 1, 0, sorted.Count - 1)];
    }
}
