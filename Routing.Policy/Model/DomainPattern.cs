using System.Text.RegularExpressions;

namespace Routing.Policy.Model;

/// <summary>A domain name of a rule: one name, or with "*." before it all names below it, at any depth and without the name itself.
/// Names compare without case, so that it is kept in small letters and without the root's dot.</summary>
public readonly partial record struct DomainPattern
{
    /// <summary>What <see cref="TryParse"/> takes, for messages.</summary>
    public const string Allowed =
        "a name of at least two labels, or '*.' and such a name; labels are at most 63 letters, digits, '-' and '_', the name at most 253";

    private const string AnyBelow = "*.";
    private const int LongestName = 253;

    private DomainPattern(string text) => Text = text;

    /// <summary>As it is written: "www.example.com" or "*.example.com".</summary>
    public string Text { get; }

    /// <summary>True for all names below one.</summary>
    public bool IsWildcard => Text.StartsWith(AnyBelow, StringComparison.Ordinal);

    /// <summary>Reads one.</summary>
    public static bool TryParse(string? text, out DomainPattern pattern)
    {
        pattern = default;
        if (text is null || !Syntax().IsMatch(text))
        {
            return false;
        }

        pattern = new DomainPattern(text.TrimEnd('.').ToLowerInvariant());
        return pattern.Text.Length - (pattern.IsWildcard ? AnyBelow.Length : 0) <= LongestName;
    }

    /// <summary>Reads what is known to be one; see <see cref="TryParse"/>.</summary>
    public static DomainPattern Parse(string text) =>
        TryParse(text, out var pattern) ? pattern : throw new FormatException($"'{text}' is not {Allowed}");

    /// <summary>Every pattern that matches a name: the name itself, and all below each of its parents.</summary>
    /// <param name="name">In small letters, without the root's dot.</param>
    public static IEnumerable<DomainPattern> Matching(string name)
    {
        yield return new DomainPattern(name);
        for (var dot = name.IndexOf('.', StringComparison.Ordinal); dot >= 0; dot = name.IndexOf('.', dot + 1))
        {
            yield return new DomainPattern($"*{name[dot..]}");
        }
    }

    /// <inheritdoc/>
    public override string ToString() => Text;

    [GeneratedRegex(
        @"^(\*\.)?([A-Za-z0-9_]([A-Za-z0-9_-]{0,61}[A-Za-z0-9_])?\.)+[A-Za-z0-9_]([A-Za-z0-9_-]{0,61}[A-Za-z0-9_])?\.?\z",
        RegexOptions.CultureInvariant)]
    private static partial Regex Syntax();
}
