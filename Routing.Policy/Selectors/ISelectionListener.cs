namespace Routing.Policy.Selectors;

/// <summary>Hears of changes in the <see cref="SelectorIndex"/>. It only notes them: the index is in the middle of its
/// work.</summary>
internal interface ISelectionListener
{
    /// <summary>The pod became a member of the selection, ceased to be one, or is one whose
    /// addresses or ports change: then it is told before and after.</summary>
    void OnChanged(SelectedPods selected, PodRecord pod);

    /// <summary>The selection holds other network sets or host endpoints, or one of them has other nets.</summary>
    void OnNetsChanged(SelectedPods selected);
}
