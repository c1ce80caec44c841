using System.Collections.Immutable;

namespace Routing.Policy.Model;

/// <summary>A conjunction of conditions on labels in canonical form: selectors that say the same in another order, or
/// with matchLabels instead of matchExpressions, are equal and share their members.</summary>
public sealed class LabelSelector : IEquatable<LabelSelector>
{
    private readonly string _text;

    private LabelSelector(ImmutableArray<Requirement> requirements)
    {
        Requirements = requirements;
        _text = string.Join(',', requirements);
    }

    /// <summary>Matches everything.</summary>
    public static LabelSelector Everything { get; } = new([]);

    /// <summary>All must hold; in order of their text, without doubles.</summary>
    public ImmutableArray<Requirement> Requirements { get; }

    /// <summary>Brings conditions into canonical form.</summary>
    public static LabelSelector Of(params IEnumerable<Requirement> requirements) =>
        new([.. requirements
            .Select(one => one with
            {
                Values = one.Values.Items.Distinct().Order(StringComparer.Ordinal).ToEquatableArray(),
            })
            .Distinct()
            .OrderBy(one => one.Key, StringComparer.Ordinal)
            .ThenBy(one => one.Operator)
            .ThenBy(one => one.ToString(), StringComparer.Ordinal)]);

    /// <summary>True when the labels fulfil every condition.</summary>
    public bool Matches(LabelSet labels)
    {
        foreach (var requirement in Requirements)
        {
            if (!requirement.Matches(labels))
            {
                return false;
            }
        }

        return true;
    }

    /// <inheritdoc/>
    public bool Equals(LabelSelector? other) => other is not null && _text == other._text;

    /// <inheritdoc/>
    public override bool Equals(object? obj) => Equals(obj as LabelSelector);

    /// <inheritdoc/>
    public override int GetHashCode() => _text.GetHashCode(StringComparison.Ordinal);

    /// <summary>In kubectl's selector syntax; empty for everything.</summary>
    public override string ToString() => _text;
}
