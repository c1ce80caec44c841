using System.Diagnostics;

namespace Routing.Policy.Model;

/// <summary>A condition on labels with all that Calico's selector language can say. Its text is in that language and
/// canonical as far as <see cref="LabelSelector.Of(LabelExpression)"/> makes it so.</summary>
public abstract record LabelExpression
{
    private LabelExpression()
    {
    }

    /// <summary>True when the labels fulfil it.</summary>
    public abstract bool Matches(in EndpointLabels labels);

    /// <summary>Always true: "all()".</summary>
    public sealed record All : LabelExpression
    {
        /// <inheritdoc/>
        public override bool Matches(in EndpointLabels labels) => true;

        /// <inheritdoc/>
        public override string ToString() => "all()";
    }

    /// <summary>In no namespace: "global()".</summary>
    public sealed record Global : LabelExpression
    {
        /// <inheritdoc/>
        public override bool Matches(in EndpointLabels labels) => labels.Find(EndpointLabels.Namespace) is null;

        /// <inheritdoc/>
        public override string ToString() => "global()";
    }

    /// <summary>A label's value, or whether there is one.</summary>
    public sealed record Label(Requirement Requirement) : LabelExpression
    {
        /// <inheritdoc/>
        public override bool Matches(in EndpointLabels labels) => Requirement.Matches(labels);

        /// <inheritdoc/>
        public override string ToString()
        {
            var values = Requirement.Values.Items;
            return Requirement.Operator switch
            {
                SelectorOperator.In when values.Length == 1 => $"{Requirement.Key} == {Quoted(values[0])}",
                SelectorOperator.In => $"{Requirement.Key} in {{{string.Join(", ", values.Select(Quoted))}}}",
                SelectorOperator.NotIn when values.Length == 1 => $"{Requirement.Key} != {Quoted(values[0])}",
                SelectorOperator.NotIn => $"{Requirement.Key} not in {{{string.Join(", ", values.Select(Quoted))}}}",
                SelectorOperator.Exists => $"has({Requirement.Key})",
                SelectorOperator.DoesNotExist => $"!has({Requirement.Key})",
                _ => throw new UnreachableException(),
            };
        }
    }

    /// <summary>A part of a label's value.</summary>
    public sealed record Part(string Key, PartOperator Operator, string Text) : LabelExpression
    {
        /// <inheritdoc/>
        public override bool Matches(in EndpointLabels labels) => labels.Find(Key) is { } value && Operator switch
        {
            PartOperator.Contains => value.Contains(Text, StringComparison.Ordinal),
            PartOperator.StartsWith => value.StartsWith(Text, StringComparison.Ordinal),
            PartOperator.EndsWith => value.EndsWith(Text, StringComparison.Ordinal),
            _ => throw new UnreachableException(),
        };

        /// <inheritdoc/>
        public override string ToString()
        {
            var word = Operator switch
            {
                PartOperator.Contains => "contains",
                PartOperator.StartsWith => "starts with",
                _ => "ends with",
            };
            return $"{Key} {word} {Quoted(Text)}";
        }
    }

    /// <summary>The contrary.</summary>
    public sealed record Not(LabelExpression Operand) : LabelExpression
    {
        /// <inheritdoc/>
        public override bool Matches(in EndpointLabels labels) => !Operand.Matches(labels);

        /// <inheritdoc/>
        public override string ToString() => Operand is And or Or ? $"!{Operand}" : $"!({Operand})";
    }

    /// <summary>All of them; at least two.</summary>
    public sealed record And(EquatableArray<LabelExpression> Operands) : LabelExpression
    {
        /// <inheritdoc/>
        public override bool Matches(in EndpointLabels labels)
        {
            foreach (var operand in Operands)
            {
                if (!operand.Matches(labels))
                {
                    return false;
                }
            }

            return true;
        }

        /// <inheritdoc/>
        public override string ToString() => $"({string.Join(" && ", Operands.Items)})";
    }

    /// <summary>At least one of them; at least two.</summary>
    public sealed record Or(EquatableArray<LabelExpression> Operands) : LabelExpression
    {
        /// <inheritdoc/>
        public override bool Matches(in EndpointLabels labels)
        {
            foreach (var operand in Operands)
            {
                if (operand.Matches(labels))
                {
                    return true;
                }
            }

            return false;
        }

        /// <inheritdoc/>
        public override string ToString() => $"({string.Join(" || ", Operands.Items)})";
    }

    /// <summary>The language has no escapes: a text holds one kind of quote at most.</summary>
    private static string Quoted(string text) =>
        text.Contains('\'', StringComparison.Ordinal) ? $"\"{text}\"" : $"'{text}'";
}
