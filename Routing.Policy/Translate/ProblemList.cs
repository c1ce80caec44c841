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

    public EquatableArray<Problem> ToEquatableArray() => [.. _problems];
}
