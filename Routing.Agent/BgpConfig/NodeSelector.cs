using System.Collections.Immutable;
using System.Text.RegularExpressions;

namespace Routing.Agent.BgpConfig;

/// <summary>The part of Calico's selector language that choosing nodes needs: <c>rack == "a"</c>, <c>rack != 'a'</c>,
/// <c>has(rack)</c>, <c>!has(rack)</c>, <c>rack in {"a", "b"}</c>, <c>rack not in {"a"}</c>, <c>all()</c>, joined by
/// <c>&amp;&amp;</c>.</summary>
internal sealed partial class NodeSelector : IEquatable<NodeSelector>
{
    /// <summary>For messages: what a selector may be.</summary>
    public const string Allowed =
        "conditions joined by &&: key == \"value\", key != \"value\", key in {\"a\", \"b\"}, key not in {\"a\"}, has(key), !has(key), all()";

    private readonly string _text;
    private readonly ImmutableArray<Condition> _conditions;

    private NodeSelector(string text, ImmutableArray<Condition> conditions) => (_text, _conditions) = (text, conditions);

    private enum Operator
    {
        All,
        Has,
        HasNot,
        In,
        NotIn,
    }

    /// <summary>Reads a selector.</summary>
    /// <returns>Null for text that is none.</returns>
    public static NodeSelector? Parse(string text)
    {
        var conditions = ImmutableArray.CreateBuilder<Condition>();
        foreach (var part in text.Split("&&", StringSplitOptions.TrimEntries))
        {
            if (ParseCondition(part) is not { } condition)
            {
                return null;
            }

            conditions.Add(condition);
        }

        return new NodeSelector(text, conditions.ToImmutable());
    }

    /// <summary>True when labels meet every condition. A label that is missing is not equal to anything.</summary>
    public bool Matches(IReadOnlyDictionary<string, string> labels) => _conditions.All(condition => condition.Operator switch
    {
        Operator.All => true,
        Operator.Has => labels.ContainsKey(condition.Key),
        Operator.HasNot => !labels.ContainsKey(condition.Key),
        Operator.In => labels.TryGetValue(condition.Key, out var value) && condition.Values.Contains(value),
        _ => !labels.TryGetValue(condition.Key, out var other) || !condition.Values.Contains(other),
    });

    /// <inheritdoc/>
    public bool Equals(NodeSelector? other) => other?._text == _text;

    /// <inheritdoc/>
    public override bool Equals(object? obj) => Equals(obj as NodeSelector);

    /// <inheritdoc/>
    public override int GetHashCode() => _text.GetHashCode(StringComparison.Ordinal);

    /// <inheritdoc/>
    public override string ToString() => _text;

    private static Condition? ParseCondition(string text)
    {
        if (text == "all()")
        {
            return new Condition("", Operator.All, []);
        }

        if (HasShape().Match(text) is { Success: true } has)
        {
            return new Condition(has.Groups["key"].Value, has.Groups["not"].Success ? Operator.HasNot : Operator.Has, []);
        }

        if (CompareShape().Match(text) is { Success: true } compare)
        {
            var isEqual = compare.Groups["operator"].Value == "==";
            return new Condition(
                compare.Groups["key"].Value, isEqual ? Operator.In : Operator.NotIn, [compare.Groups["value"].Value]);
        }

        return SetShape().Match(text) is { Success: true } set
            ? new Condition(
                set.Groups["key"].Value,
                set.Groups["not"].Success ? Operator.NotIn : Operator.In,
                [.. set.Groups["value"].Captures.Select(capture => capture.Value)])
            : null;
    }

    [GeneratedRegex("""^(?<not>!)?\s*has\(\s*(?<key>[A-Za-z0-9._/-]+)\s*\)$""", RegexOptions.ExplicitCapture)]
    private static partial Regex HasShape();

    [GeneratedRegex(
        """^(?<key>[A-Za-z0-9._/-]+)\s*(?<operator>==|!=)\s*(?<quote>["'])(?<value>[^"']*)\k<quote>$""",
        RegexOptions.ExplicitCapture)]
    private static partial Regex CompareShape();

    [GeneratedRegex(
        """^(?<key>[A-Za-z0-9._/-]+)\s+(?<not>not\s+)?in\s*\{\s*["'](?<value>[^"']*)["'](\s*,\s*["'](?<value>[^"']*)["'])*\s*\}$""",
        RegexOptions.ExplicitCapture)]
    private static partial Regex SetShape();

    private sealed record Condition(string Key, Operator Operator, ImmutableArray<string> Values);
}
