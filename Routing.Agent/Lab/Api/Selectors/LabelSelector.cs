using System.Text.RegularExpressions;
using Routing.Agent.Lab.Api.Http;
using Routing.Agent.Lab.Api.Storage;

namespace Routing.Agent.Lab.Api.Selectors;

/// <summary>A label selector as it comes in a query: "a=b,c!=d,e in (f,g),h notin (i),j,!k".</summary>
internal sealed partial class LabelSelector
{
    private readonly List<Requirement> _requirements = [];

    private LabelSelector()
    {
    }

    public bool IsEmpty => _requirements.Count == 0;

    /// <exception cref="ApiException">400: not a selector.</exception>
    public static LabelSelector Parse(string? text)
    {
        var selector = new LabelSelector();
        foreach (var part in Split(text ?? ""))
        {
            selector._requirements.Add(ParseOne(part, text!));
        }

        return selector;
    }

    public bool Matches(StoredObject item) => _requirements.TrueForAll(requirement => requirement.Holds(item));

    private static Requirement ParseOne(string part, string whole)
    {
        if (SetPattern().Match(part) is { Success: true } set)
        {
            var values = set.Groups[3].Value.Split(',', StringSplitOptions.TrimEntries);
            return new Requirement(set.Groups[1].Value, set.Groups[2].Value, values);
        }

        if (EqualityPattern().Match(part) is { Success: true } equality)
        {
            var comparison = equality.Groups[2].Value == "!=" ? "notin" : "in";
            return new Requirement(equality.Groups[1].Value, comparison, [equality.Groups[3].Value]);
        }

        if (ExistsPattern().Match(part) is { Success: true } exists)
        {
            return new Requirement(exists.Groups[2].Value, exists.Groups[1].Length > 0 ? "!" : "exists", []);
        }

        throw ApiErrors.BadRequest($"unable to parse requirement: \"{part}\" in the label selector \"{whole}\"");
    }

    /// <summary>At commas outside parentheses.</summary>
    private static IEnumerable<string> Split(string text)
    {
        int start = 0, depth = 0;
        for (var i = 0; i <= text.Length; i++)
        {
            if (i == text.Length || (text[i] == ',' && depth == 0))
            {
                if (text[start..i].Trim() is { Length: > 0 } part)
                {
                    yield return part;
                }

                start = i + 1;
            }
            else
            {
                depth += text[i] switch { '(' => 1, ')' => -1, _ => 0 };
            }
        }
    }

    [GeneratedRegex(@"\A([\w./-]+)\s+(in|notin)\s*\(([^()]*)\)\z")]
    private static partial Regex SetPattern();

    [GeneratedRegex(@"\A([\w./-]+)\s*(==|=|!=)\s*([\w.-]*)\z")]
    private static partial Regex EqualityPattern();

    [GeneratedRegex(@"\A(!?)\s*([\w./-]+)\z")]
    private static partial Regex ExistsPattern();

    private sealed record Requirement(string Key, string Operator, string[] Values)
    {
        public bool Holds(StoredObject item)
        {
            var value = item.Document.Text("metadata", "labels", Key);
            return Operator switch
            {
                "in" => value is not null && Values.Contains(value),
                "notin" => value is null || !Values.Contains(value), // a missing label differs from every value
                "exists" => value is not null,
                _ => value is null,
            };
        }
    }
}
