using System.Text.RegularExpressions;

namespace Routing.Policy.Translate;

/// <summary>What Kubernetes lets stand in names (apimachinery's validation package).</summary>
internal static partial class Syntax
{
    public const string LabelKeyAllowed =
        "a label key: at most 63 letters, digits, '-', '_' or '.', beginning and ending with a letter or digit; "
        + "before it optionally a DNS name and '/'";

    public const string LabelValueAllowed =
        "a label value: empty, or at most 63 letters, digits, '-', '_' or '.', "
        + "beginning and ending with a letter or digit";

    public const string PortNameAllowed =
        "a number from 1 to 65535, or a port name: at most 15 of a-z, 0-9 and '-', with a letter, "
        + "no '-' at an end and no two together (RFC 6335 §5.1)";

    public static bool IsLabelKey(string text)
    {
        var slash = text.IndexOf('/', StringComparison.Ordinal);
        return IsLabelName(text[(slash + 1)..]) && (slash < 0 || IsDnsSubdomain(text[..slash]));
    }

    public static bool IsLabelValue(string text) => text.Length == 0 || IsLabelName(text);

    public static bool IsPortName(string text) =>
        text.Length is > 0 and <= 15 && PortName().IsMatch(text) && text.AsSpan().ContainsAnyInRange('a', 'z');

    /// <summary>RFC 1123 §2.1, as object names are.</summary>
    public static bool IsDnsSubdomain(string text) => text.Length is > 0 and <= 253 && DnsSubdomain().IsMatch(text);

    private static bool IsLabelName(string text) => text.Length is > 0 and <= 63 && LabelName().IsMatch(text);

    // \z, not $: that would let a line feed pass at the end.
    [GeneratedRegex(@"^[A-Za-z0-9]([A-Za-z0-9_.-]*[A-Za-z0-9])?\z", RegexOptions.CultureInvariant)]
    private static partial Regex LabelName();

    [GeneratedRegex(
        @"^[a-z0-9]([a-z0-9-]*[a-z0-9])?(\.[a-z0-9]([a-z0-9-]*[a-z0-9])?)*\z", RegexOptions.CultureInvariant)]
    private static partial Regex DnsSubdomain();

    [GeneratedRegex(@"^[a-z0-9]+(-[a-z0-9]+)*\z", RegexOptions.CultureInvariant)]
    private static partial Regex PortName();
}
