using System.Diagnostics;

namespace Routing.Policy.Model;

/// <summary>One condition on labels.</summary>
/// <param name="Key">Label key.</param>
/// <param name="Operator">How it is looked at.</param>
/// <param name="Values">For In and NotIn; sorted and without doubles, as <see cref="LabelSelector"/> makes
/// them.</param>
public sealed record Requirement(string Key, SelectorOperator Operator, EquatableArray<string> Values)
{
    /// <summary>True when the labels fulfil it.</summary>
    public bool Matches(in EndpointLabels labels)
    {
        var value = labels.Find(Key);
        return Operator switch
        {
            SelectorOperator.In => value is not null && Values.Items.Contains(value),
            SelectorOperator.NotIn => value is null || !Values.Items.Contains(value),
            SelectorOperator.Exists => value is not null,
            SelectorOperator.DoesNotExist => value is null,
            _ => throw new UnreachableException(),
        };
    }

    /// <summary>In kubectl's selector syntax.</summary>
    public override string ToString() => Operator switch
    {
        SelectorOperator.In when Values.Count == 1 => $"{Key}={Values[0]}",
        SelectorOperator.In => $"{Key} in ({string.Join(',', Values.Items)})",
        SelectorOperator.NotIn => $"{Key} notin ({string.Join(',', Values.Items)})",
        SelectorOperator.Exists => Key,
        SelectorOperator.DoesNotExist => $"!{Key}",
        _ => throw new UnreachableException(),
    };
}
