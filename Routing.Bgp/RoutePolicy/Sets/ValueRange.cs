using System.Globalization;

namespace Routing.Bgp.RoutePolicy.Sets;

/// <summary>Numbers from one to another, both included.</summary>
public readonly record struct ValueRange(uint Least, uint Greatest)
{
    /// <summary>One number.</summary>
    public static ValueRange Only(uint value) => new(value, value);

    /// <summary>True for a number inside.</summary>
    public bool Contains(uint value) => value >= Least && value <= Greatest;

    /// <summary>Reads "65000" or "65000-65010".</summary>
    public static bool TryParse(ReadOnlySpan<char> text, out ValueRange range)
    {
        var dash = text.IndexOf('-');
        range = default;
        if (!TryParseNumber(dash < 0 ? text : text[..dash], out var least)
            || !TryParseNumber(dash < 0 ? text : text[(dash + 1)..], out var greatest) || least > greatest)
        {
            return false;
        }

        range = new ValueRange(least, greatest);
        return true;
    }

    /// <inheritdoc/>
    public override string ToString() => Least == Greatest
        ? Least.ToString(CultureInfo.InvariantCulture)
        : string.Create(CultureInfo.InvariantCulture, $"{Least}-{Greatest}");

    private static bool TryParseNumber(ReadOnlySpan<char> text, out uint number) =>
        uint.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out number);
}
