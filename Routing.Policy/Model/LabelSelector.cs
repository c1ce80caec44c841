using System.Collections.Immutable;

namespace Routing.Policy.Model;

/// <summary>A conjunction of conditions on labels in canonical form: selectors that say the same in another order, with
/// matchLabels instead of matchExpressions, or in Calico's language, are equal and share their members.</summary>
public sealed class LabelSelector : IEquatable<LabelSelector>
{
    private readonly string _text;

    private LabelSelector(ImmutableArray<Requirement> requirements, LabelExpression? expression)
    {
        (Requirements, Expression) = (requirements, expression);
        var plain = string.Join(',', requirements);
        _text = expression is null ? plain : plain.Length == 0 ? $"{expression}" : $"{plain},{expression}";
    }

    /// <summary>Matches everything.</summary>
    public static LabelSelector Everything { get; } = new([], null);

    /// <summary>All must hold; in order of their text, without doubles.</summary>
    public ImmutableArray<Requirement> Requirements { get; }

    /// <summary>Must hold too; null when the requirements say it all. What a requirement can say at the top is not in
    /// it.</summary>
    public LabelExpression? Expression { get; }

    /// <summary>Brings conditions into canonical form.</summary>
    public static LabelSelector Of(params IEnumerable<Requirement> requirements) => new(Canonical(requirements), null);

    /// <summary>Brings an expression into canonical form.</summary>
    public static LabelSelector Of(LabelExpression expression)
    {
        var operands = LabelExpressions.Simplify(expression) switch
        {
            LabelExpression.All => [],
            LabelExpression.And and => and.Operands.Items,
            var one => [one],
        };
        LabelExpression[] rest = [.. operands.Where(one => one is not LabelExpression.Label)];
        return new LabelSelector(
            Canonical(operands.OfType<LabelExpression.Label>().Select(label => label.Requirement)),
            rest switch
            {
                [] => null,
                [var one] => one,
                _ => new LabelExpression.And([.. rest]),
            });
    }

    /// <summary>True when the labels fulfil every condition.</summary>
    public bool Matches(in EndpointLabels labels)
    {
        foreach (var requirement in Requirements)
        {
            if (!requirement.Matches(labels))
            {
                return false;
            }
        }

        return Expression is null || Expression.Matches(labels);
    }

    /// <summary>True when it looks at a label whose key begins so.</summary>
    public bool Names(string prefix)
    {
        foreach (var requirement in Requirements)
        {
            if (requirement.Key.StartsWith(prefix, StringComparison.Ordinal))
            {
                return true;
            }
        }

        foreach (var key in Expression is null ? [] : LabelExpressions.Keys(Expression))
        {
            if (key.StartsWith(prefix, StringComparison.Ordinal))
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>Texts alone do not tell: "a=x,b=y" are two conditions, or one for a value with a comma in it.</summary>
    public bool Equals(LabelSelector? other) => other is not null && _text == other._text
        && Requirements.SequenceEqual(other.Requirements) && Equals(Expression, other.Expression);

    /// <inheritdoc/>
    public override bool Equals(object? obj) => Equals(obj as LabelSelector);

    /// <inheritdoc/>
    public override int GetHashCode() => _text.GetHashCode(StringComparison.Ordinal);

    /// <summary>In kubectl's selector syntax, and what that cannot say in Calico's after it; empty for everything.</summary>
    public override string ToString() => _text;

    private static ImmutableArray<Requirement> Canonical(IEnumerable<Requirement> requirements) =>
    [
        .. requirements
            .Select(one => one with
            {
                Values = one.Values.Items.Distinct().Order(StringComparer.Ordinal).ToEquatableArray(),
            })
            .Distinct()
            .OrderBy(one => one.Key, StringComparer.Ordinal)
            .ThenBy(one => one.Operator)
            .ThenBy(one => one.ToString(), StringComparer.Ordinal),
    ];
}
