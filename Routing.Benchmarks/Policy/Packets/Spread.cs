using System.Globalization;

namespace Routing.Benchmarks.Policy.Packets;

/// <summary>The median of values, and how well so many of them tell it.</summary>
internal readonly struct Spread
{
    public Spread(IEnumerable<double> values)
    {
        var sorted = values.Order().ToArray();
        Median = sorted[sorted.Length / 2];

        // Between these order statistics the true median lies, 95 times of 100, whatever the distribution.
        var half = 0.98 * Math.Sqrt(sorted.Length);
        Low = sorted[Math.Max(0, (int)Math.Floor((sorted.Length / 2.0) - half))];
        High = sorted[Math.Min(sorted.Length - 1, (int)Math.Ceiling((sorted.Length / 2.0) + half))];
    }

    public double Median { get; }

    public double Low { get; }

    public double High { get; }

    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{Median:F2} ({Low:F2}-{High:F2})");
}
