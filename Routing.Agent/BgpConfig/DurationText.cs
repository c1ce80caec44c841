using System.Globalization;
using System.Text.RegularExpressions;

namespace Routing.Agent.BgpConfig;

/// <summary>Lengths of time as Kubernetes writes them: "90s", "1m30s", "2h", "300ms".</summary>
internal static partial class DurationText
{
    /// <summary>Reads whole hours, minutes, seconds and milliseconds, in this order, at least one of them.</summary>
    public static bool TryParse(string text, out TimeSpan duration)
    {
        duration = default;
        var match = Shape().Match(text);
        if (text.Length == 0 || !match.Success)
        {
            return false;
        }

        duration = new TimeSpan(0, Part(match, "h"), Part(match, "m"), Part(match, "s"), Part(match, "ms"));
        return true;
    }

    private static int Part(Match match, string unit) => match.Groups[unit] is { Success: true } part
        ? int.Parse(part.Value, CultureInfo.InvariantCulture)
        : 0;

    [GeneratedRegex("^((?<h>[0-9]{1,6})h)?((?<m>[0-9]{1,6})m)?((?<s>[0-9]{1,6})s)?((?<ms>[0-9]{1,6})ms)?$", RegexOptions.ExplicitCapture)]
    private static partial Regex Shape();
}
