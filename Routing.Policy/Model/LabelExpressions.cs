using System.Diagnostics;

namespace Routing.Policy.Model;

/// <summary>Rewrites of <see cref="LabelExpression"/>s.</summary>
internal static class LabelExpressions
{
    /// <summary>The same condition in canonical form: no negation where a contrary can be said, no conjunction directly in a
    /// conjunction, operands sorted and without doubles.</summary>
    public static LabelExpression Simplify(LabelExpression expression)
    {
        switch (expression)
        {
            case LabelExpression.Global:
                return new LabelExpression.Label(
                    new Requirement(EndpointLabels.Namespace, SelectorOperator.DoesNotExist, []));
            case LabelExpression.Label { Requirement: { Values.Count: 0, Operator: SelectorOperator.In } }:
                return new LabelExpression.Not(new LabelExpression.All());
            case LabelExpression.Label { Requirement: { Values.Count: 0, Operator: SelectorOperator.NotIn } }:
                return new LabelExpression.All();
            case LabelExpression.Label { Requirement: var one }:
                return new LabelExpression.Label(
                    one with { Values = one.Values.Items.Distinct().Order(StringComparer.Ordinal).ToEquatableArray() });
            case LabelExpression.Not not:
                return Contrary(Simplify(not.Operand));
            case LabelExpression.And and:
                return Join(
                    and.Operands.Items.Select(Simplify).SelectMany(
                        one => one is LabelExpression.And inner ? inner.Operands.Items : [one]),
                    neutral: one => one is LabelExpression.All,
                    deciding: one => one is LabelExpression.Not { Operand: LabelExpression.All },
                    new LabelExpression.All(),
                    operands => new LabelExpression.And(operands));
            case LabelExpression.Or or:
                return Join(
                    or.Operands.Items.Select(Simplify).SelectMany(
                        one => one is LabelExpression.Or inner ? inner.Operands.Items : [one]),
                    neutral: one => one is LabelExpression.Not { Operand: LabelExpression.All },
                    deciding: one => one is LabelExpression.All,
                    new LabelExpression.Not(new LabelExpression.All()),
                    operands => new LabelExpression.Or(operands));
            default:
                return expression;
        }
    }

    /// <summary>The same expression about labels with a prefix; "all()" and "global()" become what the caller says they mean
    /// there.</summary>
    public static LabelExpression Prefixed(
        LabelExpression expression, string prefix, LabelExpression all, LabelExpression global) => expression switch
        {
            LabelExpression.All => all,
            LabelExpression.Global => global,
            LabelExpression.Label { Requirement: var one } =>
                new LabelExpression.Label(one with { Key = prefix + one.Key }),
            LabelExpression.Part part => part with { Key = prefix + part.Key },
            LabelExpression.Not not => new LabelExpression.Not(Prefixed(not.Operand, prefix, all, global)),
            LabelExpression.And and => new LabelExpression.And(
                [.. and.Operands.Items.Select(one => Prefixed(one, prefix, all, global))]),
            LabelExpression.Or or => new LabelExpression.Or(
                [.. or.Operands.Items.Select(one => Prefixed(one, prefix, all, global))]),
            _ => throw new UnreachableException(),
        };

    /// <summary>The labels that it looks at.</summary>
    public static IEnumerable<string> Keys(LabelExpression expression) => expression switch
    {
        LabelExpression.Label label => [label.Requirement.Key],
        LabelExpression.Part part => [part.Key],
        LabelExpression.Global => [EndpointLabels.Namespace],
        LabelExpression.Not not => Keys(not.Operand),
        LabelExpression.And and => and.Operands.Items.SelectMany(Keys),
        LabelExpression.Or or => or.Operands.Items.SelectMany(Keys),
        _ => [],
    };

    private static LabelExpression Contrary(LabelExpression expression) => expression switch
    {
        LabelExpression.Not not => not.Operand,
        LabelExpression.Label { Requirement: var one } => new LabelExpression.Label(one with
        {
            Operator = one.Operator switch
            {
                SelectorOperator.In => SelectorOperator.NotIn,
                SelectorOperator.NotIn => SelectorOperator.In,
                SelectorOperator.Exists => SelectorOperator.DoesNotExist,
                _ => SelectorOperator.Exists,
            },
        }),
        _ => new LabelExpression.Not(expression),
    };

    private static LabelExpression Join(
        IEnumerable<LabelExpression> operands, Func<LabelExpression, bool> neutral, Func<LabelExpression, bool> deciding,
        LabelExpression empty, Func<EquatableArray<LabelExpression>, LabelExpression> join)
    {
        LabelExpression[] kept = [.. operands.Where(one => !neutral(one)).Distinct()
            .OrderBy(one => one.ToString(), StringComparer.Ordinal)];
        return kept switch
        {
            [] => empty,
            [var one] => one,
            _ => kept.FirstOrDefault(deciding) ?? join([.. kept]),
        };
    }
}
