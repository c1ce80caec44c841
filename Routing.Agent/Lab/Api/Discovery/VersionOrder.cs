using System.Globalization;
using System.Text.RegularExpressions;

namespace Routing.Agent.Lab.Api.Discovery;

/// <summary>Kubernetes' order of versions: v2, v1, v1beta2, v1alpha1, then anything else by name.</summary>
internal sealed partial class VersionOrder : IComparer<string>
{
    public static VersionOrder Instance { get; } = new();

    public int Compare(string? x, string? y)
    {
        var (left, right) = (Rank(x!), Rank(y!));
        return left == right ? string.CompareOrdinal(x, y) : right.CompareTo(left);
    }

    private static (int Stability, int Major, int Minor) Rank(string version)
    {
        var match = Pattern().Match(version);
        if (!match.Success)
        {
            return (0, 0, 0);
        }

        var stability = match.Groups[2].Value switch { "" => 3, "beta" => 2, _ => 1 };
        var minor = match.Groups[3].Length == 0 ? 0 : int.Parse(match.Groups[3].Value, CultureInfo.InvariantCulture);
        return (stability, int.Parse(match.Groups[1].Value, CultureInfo.InvariantCulture), minor);
    }

    [GeneratedRegex(@"\Av(\d{1,6})(?:(alpha|beta)(\d{1,6}))?\z")]
    private static partial Regex Pattern();
}
