using System.Globalization;

namespace Routing.Agent.Topology;

/// <summary>A place on the map, in degrees (WGS 84).</summary>
internal readonly record struct SiteLocation(double Latitude, double Longitude)
{
    /// <summary>For messages: what a location may be.</summary>
    public const string Allowed = "\"lat,lon\" in degrees, lat from -90 to 90, lon from -180 to 180, as in \"52.52,13.405\"";

    /// <summary>Reads the annotation routing.dev/location.</summary>
    public static bool TryParse(string text, out SiteLocation location)
    {
        location = default;
        var parts = text.Split(',', StringSplitOptions.TrimEntries);
        if (parts.Length != 2 || !TryParseDegrees(parts[0], 90, out var latitude)
            || !TryParseDegrees(parts[1], 180, out var longitude))
        {
            return false;
        }

        location = new SiteLocation(latitude, longitude);
        return true;
    }

    private static bool TryParseDegrees(string text, double limit, out double degrees) =>
        double.TryParse(text, NumberStyles.AllowLeadingSign | NumberStyles.AllowDecimalPoint,
            CultureInfo.InvariantCulture, out degrees) && Math.Abs(degrees) <= limit;
}
