using Routing.Policy.Model;

namespace Routing.Policy.Selectors;

/// <summary>The selections that look in the same namespaces.</summary>
internal sealed class ScopeRecord(NamespaceScope scope)
{
    private readonly LabelAnchors<SelectedPods> _anchors = new();

    /// <summary>Which namespaces.</summary>
    public NamespaceScope Scope { get; } = scope;

    /// <summary>The namespaces that are in the scope now.</summary>
    public HashSet<NamespaceRecord> Namespaces { get; } = [];

    /// <summary>By the pods' selector.</summary>
    public Dictionary<LabelSelector, SelectedPods> Selections { get; } = [];

    public void Add(SelectedPods selected)
    {
        Selections.Add(selected.Selection.Pods, selected);
        _anchors.Add(selected.Selection.Pods, selected);
    }

    public void Remove(SelectedPods selected)
    {
        Selections.Remove(selected.Selection.Pods);
        _anchors.Remove(selected.Selection.Pods, selected);
    }

    /// <summary>The selections here that a pod in one of the namespaces is a member of.</summary>
    public IEnumerable<SelectedPods> Holding(PodView pod) =>
        pod.IsSelectable
            ? _anchors.Candidates(pod.Labels).Where(selected => selected.Selection.Pods.Matches(pod.Labels))
            : [];
}
