using System.Globalization;
using System.Text.Json.Nodes;

namespace Routing.Agent.Lab.Api.Tables;

/// <summary>Ages the way kubectl shows them (apimachinery's pkg/util/duration): coarser the older.</summary>
internal static class HumanDuration
{
    public static string Since(JsonNode? timestamp, DateTimeOffset now) =>
        timestamp.Text() is { } text
        && DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var time)
            ? Text(now - time)
            : "<unknown>";

    public static string Text(TimeSpan age)
    {
        if (age < TimeSpan.FromSeconds(-1))
        {
            return "<invalid>";
        }

        long seconds = Math.Max(0, (long)age.TotalSeconds), minutes = seconds / 60, hours = minutes / 60, days = hours / 24;
        return age.TotalSeconds switch
        {
            < 120 => $"{seconds}s",
            < 600 => With(minutes, "m", seconds % 60, "s"),
            < 3 * 3600 => $"{minutes}m",
            < 8 * 3600 => With(hours, "h", minutes % 60, "m"),
            < 48 * 3600 => $"{hours}h",
            < 192 * 3600 => With(days, "d", hours % 24, "h"),
            < 2 * 365 * 24 * 3600 => $"{days}d",
            < 8L * 365 * 24 * 3600 => With(days / 365, "y", days % 365, "d"),
            _ => $"{days / 365}y",
        };
    }

    private static string With(long large, string unit, long small, string smallUnit) =>
        small == 0 ? $"{large}{unit}" : $"{large}{unit}{small}{smallUnit}";
}
