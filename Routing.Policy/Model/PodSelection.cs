namespace Routing.Policy.Model;

/// <summary>Which pods: labels of the pod, within the namespaces of a scope.</summary>
/// <param name="Scope">In which namespaces.</param>
/// <param name="Pods">Which pods there.</param>
public sealed record PodSelection(NamespaceScope Scope, LabelSelector Pods)
{
    /// <summary>Every pod that can be selected at all.</summary>
    public static PodSelection Everything { get; } = new(new NamespaceScope.Any(), LabelSelector.Everything);

    /// <summary>The definition; the slow way to ask, the selector index is the fast one.</summary>
    /// <param name="pod">A pod.</param>
    /// <param name="home">Its namespace; null when that is not known, and then only a scope by name holds it.</param>
    public bool Matches(PodView pod, NamespaceView? home) =>
        pod.IsSelectable && Scope.Matches(pod.Name.Namespace, home) && Pods.Matches(pod.Labels);

    /// <inheritdoc/>
    public override string ToString() => $"pods '{Pods}' in {Scope}";
}
