using Routing.Policy.Model;

namespace Routing.Policy.Selectors;

/// <summary>The selections that look in the same namespaces.</summary>
internal sealed class ScopeRecord(NamespaceScope scope)
{
    private readonly LabelAnchors<SelectedPods> _anchors = new();

    /// <summary>Which namespaces.</summary>
    public NamespaceScope Scope { get; } = scope;

    /// <summary>The namespaces that are in the scope now.</summary>
    public SmallSet<NamespaceRecord> Namespaces { get; } = [];

    /// <summary>By selector and what it may hold.</summary>
    public SmallMap<(LabelSelector Selector, EndpointKinds Kinds), SelectedPods> Selections { get; } = new();

    public void Add(SelectedPods selected)
    {
        Selections.Add((selected.Selection.Pods, selected.Selection.Kinds), selected);
        _anchors.Add(selected.Selection.Pods, selected);
    }

    public void Remove(SelectedPods selected)
    {
        Selections.Remove((selected.Selection.Pods, selected.Selection.Kinds), out _);
        _anchors.Remove(selected.Selection.Pods, selected);
    }

    /// <summary>The selections here that a pod in one of the namespaces is a member of.</summary>
    /// <param name="pod">The pod.</param>
    /// <param name="labels">What selectors see of it.</param>
    public IEnumerable<SelectedPods> Holding(PodView pod, EndpointLabels labels) =>
        pod.IsSelectable ? Holding(EndpointKinds.Pods, labels) : [];

    /// <summary>The selections here that an endpoint with these labels is a member of.</summary>
    public IEnumerable<SelectedPods> Holding(EndpointKinds kind, EndpointLabels labels) =>
        _anchors.Candidates(labels).Where(
            selected => selected.Selection.Kinds.HasFlag(kind) && selected.Selection.Pods.Matches(labels));
}
