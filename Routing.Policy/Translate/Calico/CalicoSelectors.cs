using Routing.Policy.Model;

namespace Routing.Policy.Translate.Calico;

/// <summary>Selectors of Calico's kinds, each with what its field means.</summary>
internal sealed class CalicoSelectors(ProblemList problems)
{
    private static readonly LabelExpression Namespaced = Label(EndpointLabels.Namespace, SelectorOperator.Exists);

    /// <summary>Reads a selector; one that is no selector leaves a problem, and the caller has to look for it.</summary>
    /// <returns>Null for none.</returns>
    public LabelExpression? Read(string? text, string field, bool mayBeGlobal = false)
    {
        if (string.IsNullOrEmpty(text))
        {
            return null;
        }

        if (!SelectorParser.TryParse(text, out var expression, out var error))
        {
            problems.Add(field, text, $"{error}");
            return null;
        }

        if (!mayBeGlobal && text.Contains("global(", StringComparison.Ordinal))
        {
            problems.Add(field, text, "global() stands in the namespaceSelector of a rule only");
        }

        return expression;
    }

    /// <summary>A selector of namespaces as one of endpoints: its labels with a prefix, "all()" for whatever is in a namespace
    /// and "global()" for what is in none.</summary>
    public LabelExpression? ReadNamespaces(string? text, string field, bool mayBeGlobal = false) =>
        Read(text, field, mayBeGlobal) is { } expression
            ? LabelExpressions.Prefixed(
                expression, EndpointLabels.NamespacePrefix, Namespaced, new LabelExpression.Global())
            : null;

    /// <summary>A selector of service accounts as one of endpoints.</summary>
    /// <param name="text">The selector.</param>
    /// <param name="field">Where it stands.</param>
    /// <param name="all">What "all()" means there.</param>
    public LabelExpression? ReadAccounts(string? text, string field, LabelExpression all) =>
        Read(text, field) is { } expression
            ? LabelExpressions.Prefixed(expression, EndpointLabels.AccountPrefix, all, new LabelExpression.Global())
            : null;

    /// <summary>Whoever has one of these values, or any.</summary>
    public static LabelExpression Label(string key, SelectorOperator how, params IEnumerable<string> values) =>
        new LabelExpression.Label(new Requirement(key, how, values.ToEquatableArray()));

    /// <summary>All of those that there are.</summary>
    public static LabelSelector Join(params IEnumerable<LabelExpression?> expressions) =>
        LabelSelector.Of(new LabelExpression.And([.. expressions.OfType<LabelExpression>()]));
}
