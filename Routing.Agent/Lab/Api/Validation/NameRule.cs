using System.Text.RegularExpressions;

namespace Routing.Agent.Lab.Api.Validation;

/// <summary>The rules for names, labels and the like, with apimachinery's messages (pkg/util/validation).</summary>
internal sealed partial class NameRule
{
    private readonly Regex _pattern;
    private readonly int _longest;
    private readonly string _message;

    private NameRule(Regex pattern, int longest, string message) =>
        (_pattern, _longest, _message) = (pattern, longest, message);

    /// <summary>RFC 1123 subdomain: the name of most kinds.</summary>
    public static NameRule Subdomain { get; } = new(SubdomainPattern(), 253,
        "a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-' or '.', and must start and end with an "
        + "alphanumeric character (e.g. 'example.com', regex used for validation is "
        + "'[a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*')");

    /// <summary>RFC 1123 label: namespaces, containers.</summary>
    public static NameRule Label { get; } = new(LabelPattern(), 63,
        "a lowercase RFC 1123 label must consist of lower case alphanumeric characters or '-', and must start and end with an "
        + "alphanumeric character (e.g. 'my-name',  or '123-abc', regex used for validation is '[a-z0-9]([-a-z0-9]*[a-z0-9])?')");

    /// <summary>RFC 1035 label: services.</summary>
    public static NameRule DnsLabel { get; } = new(DnsLabelPattern(), 63,
        "a DNS-1035 label must consist of lower case alphanumeric characters or '-', start with an alphabetic character, and end with "
        + "an alphanumeric character (e.g. 'my-name',  or 'abc-123', regex used for validation is '[a-z]([-a-z0-9]*[a-z0-9])?')");

    /// <summary>Roles and bindings: anything that is one segment of a path.</summary>
    public static NameRule PathSegment { get; } = new(PathSegmentPattern(), 253, "may not be '.' or '..' or contain '/' or '%'");

    /// <summary>The part of a label's or annotation's key after its prefix.</summary>
    public static NameRule QualifiedPart { get; } = new(QualifiedPattern(), 63,
        "name part must consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character (e.g. "
        + "'MyName',  or 'my.name',  or '123-abc', regex used for validation is '([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]')");

    public static NameRule LabelValue { get; } = new(LabelValuePattern(), 63,
        "a valid label must be an empty string or consist of alphanumeric characters, '-', '_' or '.', and must start and end with an "
        + "alphanumeric character (e.g. 'MyValue',  or 'my_value',  or '12345', regex used for validation is "
        + "'(([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9])?')");

    /// <summary>What is wrong with <paramref name="text"/>, if anything.</summary>
    public IEnumerable<string> Check(string text)
    {
        if (text.Length > _longest)
        {
            yield return $"must be no more than {_longest} characters";
        }

        if (!_pattern.IsMatch(text))
        {
            yield return _message;
        }
    }

    /// <summary>A label's or annotation's key: an optional DNS prefix, a slash, a name.</summary>
    public static IEnumerable<string> CheckQualifiedName(string text)
    {
        var slash = text.IndexOf('/', StringComparison.Ordinal);
        var prefix = slash < 0 ? null : text[..slash];
        var name = text[(slash + 1)..];
        if (prefix is "")
        {
            yield return "prefix part must be non-empty";
        }
        else if (prefix is not null)
        {
            foreach (var message in Subdomain.Check(prefix))
            {
                yield return $"prefix part {message}";
            }
        }

        if (name.Length == 0)
        {
            yield return "name part must be non-empty";
        }

        foreach (var message in QualifiedPart.Check(name))
        {
            yield return message.StartsWith("must be no", StringComparison.Ordinal) ? $"name part {message}" : message;
        }
    }

    /// <summary>A container port's name (IANA_SVC_NAME).</summary>
    public static IEnumerable<string> CheckPortName(string text)
    {
        if (text.Length > 15)
        {
            yield return "must be no more than 15 characters";
        }

        if (!PortNamePattern().IsMatch(text))
        {
            yield return "must contain only alpha-numeric characters (a-z, 0-9), and hyphens (-)";
        }

        if (!text.Any(char.IsAsciiLetter))
        {
            yield return "must contain at least one letter (a-z)";
        }

        if (text.Contains("--", StringComparison.Ordinal))
        {
            yield return "must not contain consecutive hyphens";
        }

        if (text.StartsWith('-') || text.EndsWith('-'))
        {
            yield return "must not begin or end with a hyphen";
        }
    }

    [GeneratedRegex(@"\A[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*\z")]
    private static partial Regex SubdomainPattern();

    [GeneratedRegex(@"\A[a-z0-9]([-a-z0-9]*[a-z0-9])?\z")]
    private static partial Regex LabelPattern();

    [GeneratedRegex(@"\A[a-z]([-a-z0-9]*[a-z0-9])?\z")]
    private static partial Regex DnsLabelPattern();

    [GeneratedRegex(@"\A(?!\.{1,2}\z)[^/%]+\z")]
    private static partial Regex PathSegmentPattern();

    [GeneratedRegex(@"\A([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]\z")]
    private static partial Regex QualifiedPattern();

    [GeneratedRegex(@"\A(([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9])?\z")]
    private static partial Regex LabelValuePattern();

    [GeneratedRegex(@"\A[-a-z0-9]+\z")]
    private static partial Regex PortNamePattern();
}
