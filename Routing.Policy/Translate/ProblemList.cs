using System.Text.Json;
using Routing.Policy.Model;

namespace Routing.Policy.Translate;

/// <summary>Collects what is wrong with one object, all of it.</summary>
internal sealed class ProblemList
{
    private readonly List<Problem> _problems = [];

    public int Count => _problems.Count;

    /// <summary>Notes a problem.</summary>
    public void Add(string field, string? value, string allowed)
    {
        _problems.Add(new Problem(field, value ?? "", allowed));
    }

    /// <summary>Notes fields that we do not know: they may narrow what the others say.</summary>
    /// <param name="others">By name.</param>
    /// <param name="field">What they stand in.</param>
    public void AddUnknown(Dictionary<string, JsonElement>? others, string field)
    {
        foreach (var name in (others ?? []).Keys.Order(StringComparer.Ordinal))
        {
            Add($"{field}.{name}", name, "a field that is supported here: without it the rule would say more than was meant");
        }
    }

    public EquatableArray<Problem> ToEquatableArray() => [.. _problems];
}
