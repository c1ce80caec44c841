using k8s.Models;
using Routing.Policy.Model;

namespace Routing.Policy.Translate;

/// <summary>V1LabelSelector to <see cref="LabelSelector"/>.</summary>
internal static class SelectorTranslator
{
    /// <summary>Translates; an empty selector selects everything.</summary>
    /// <returns>Null when something in it is wrong: half a selector would select more than was asked.</returns>
    public static LabelSelector? Translate(V1LabelSelector selector, string field, ProblemList problems)
    {
        var before = problems.Count;
        var requirements = new List<Requirement>();
        foreach (var (key, value) in selector.MatchLabels ?? new Dictionary<string, string>())
        {
            CheckKey(key, $"{field}.matchLabels", problems);
            CheckValue(value, $"{field}.matchLabels.{key}", problems);
            requirements.Add(new Requirement(key, SelectorOperator.In, [value ?? ""]));
        }

        foreach (var (i, expression) in (selector.MatchExpressions ?? []).Index())
        {
            if (Translate(expression, $"{field}.matchExpressions[{i}]", problems) is { } requirement)
            {
                requirements.Add(requirement);
            }
        }

        return problems.Count == before ? LabelSelector.Of(requirements) : null;
    }

    private static Requirement? Translate(V1LabelSelectorRequirement expression, string field, ProblemList problems)
    {
        CheckKey(expression.Key ?? "", $"{field}.key", problems);
        var values = (expression.Values ?? []).Select(value => value ?? "").ToList();
        foreach (var (i, value) in values.Index())
        {
            CheckValue(value, $"{field}.values[{i}]", problems);
        }

        switch (expression.OperatorProperty)
        {
            case "In" or "NotIn" when values.Count == 0:
                problems.Add($"{field}.values", "", $"at least one value for {expression.OperatorProperty}");
                return null;
            case "Exists" or "DoesNotExist" when values.Count > 0:
                problems.Add(
                    $"{field}.values", string.Join(',', values), $"no values for {expression.OperatorProperty}");
                return null;
            case "In" or "NotIn" or "Exists" or "DoesNotExist":
                return new Requirement(
                    expression.Key ?? "", Enum.Parse<SelectorOperator>(expression.OperatorProperty), [.. values]);
            default:
                problems.Add($"{field}.operator", expression.OperatorProperty, "In, NotIn, Exists or DoesNotExist");
                return null;
        }
    }

    private static void CheckKey(string key, string field, ProblemList problems)
    {
        if (!Syntax.IsLabelKey(key))
        {
            problems.Add(field, key, Syntax.LabelKeyAllowed);
        }
    }

    private static void CheckValue(string? value, string field, ProblemList problems)
    {
        if (!Syntax.IsLabelValue(value ?? ""))
        {
            problems.Add(field, value, Syntax.LabelValueAllowed);
        }
    }
}
