using System.Runtime.InteropServices;
using Routing.Policy.Rules;

namespace Routing.Policy.Compile;

/// <summary>A set that is edited element by element, and then committed at once.</summary>
internal sealed class LookupSet(MatchSet empty)
{
    private List<SetElement>? _added; // both or none
    private List<SetElement>? _removed;

    /// <summary>As of the last <see cref="Commit"/>.</summary>
    public MatchSet Set { get; private set; } = empty;

    /// <summary>True when there is something to commit.</summary>
    public bool IsEdited => _added is not null;

    /// <summary>An element that is not in the set comes.</summary>
    public void Add(in SetElement element) => Edits(ref _added).Add(element);

    /// <summary>An element that is in the set goes.</summary>
    public void Remove(in SetElement element) => Edits(ref _removed).Add(element);

    /// <summary>Makes the edits; the set knows them, and which elements they were made of.</summary>
    public void Commit()
    {
        if (_added is null || _removed is null)
        {
            return;
        }

        var before = Set.Elements;
        Set = Set with
        {
            Elements = before.Edit(CollectionsMarshal.AsSpan(_removed), CollectionsMarshal.AsSpan(_added)),
            Edit = before.IsEmpty ? null : new SetEdit(before, [.. _added], [.. _removed]),
        };
        Scratch.Return(_added);
        Scratch.Return(_removed);
        (_added, _removed) = (null, null);
    }

    private List<SetElement> Edits(ref List<SetElement>? list)
    {
        _added ??= Scratch.RentList();
        _removed ??= Scratch.RentList();
        return list!;
    }
}
