using Routing.Policy.Model;

namespace Routing.Policy.Selectors;

/// <summary>A pod in the <see cref="SelectorIndex"/>, with every selection that holds it.</summary>
internal sealed class PodRecord(PodView view)
{
    /// <summary>The pod as it is now; the index replaces it.</summary>
    public PodView View { get; set; } = view;

    /// <summary>The registered selections that the pod is a member of.</summary>
    public SmallSet<SelectedPods> Selections { get; } = [];
}
