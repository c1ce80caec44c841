using System.Runtime.InteropServices;
using Routing.Policy.Rules;

namespace Routing.Policy.Compile;

/// <summary>A set that is edited element by element, and then committed at once.</summary>
internal sealed class LookupSet(MatchSet empty)
{
    private readonly List<SetElement> _added = [];
    private readonly List<SetElement> _removed = [];

    /// <summary>As of the last <see cref="Commit"/>.</summary>
    public MatchSet Set { get; private set; } = empty;

    /// <summary>True when there is something to commit.</summary>
    public bool IsEdited => _added.Count + _removed.Count > 0;

    /// <summary>An element that is not in the set comes.</summary>
    public void Add(in SetElement element) => _added.Add(element);

    /// <summary>An element that is in the set goes.</summary>
    public void Remove(in SetElement element) => _removed.Add(element);

    /// <summary>Makes the edits; the set knows them, and which elements they were made of.</summary>
    public void Commit()
    {
        var before = Set.Elements;
        Set = Set with
        {
            Elements = before.Edit(CollectionsMarshal.AsSpan(_removed), CollectionsMarshal.AsSpan(_added)),
            Edit = before.IsEmpty ? null : new SetEdit(before, [.. _added], [.. _removed]),
        };
        _added.Clear();
        _removed.Clear();
    }
}
