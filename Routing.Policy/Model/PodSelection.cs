namespace Routing.Policy.Model;

/// <summary>Which pods, and for Calico's kinds which other endpoints: by labels, within the namespaces of a scope.</summary>
/// <param name="Scope">In which namespaces.</param>
/// <param name="Pods">Which pods there.</param>
public sealed record PodSelection(NamespaceScope Scope, LabelSelector Pods)
{
    /// <summary>Every pod that can be selected at all.</summary>
    public static PodSelection Everything { get; } = new(new NamespaceScope.Any(), LabelSelector.Everything);

    /// <summary>What it may hold.</summary>
    public EndpointKinds Kinds { get; init; } = EndpointKinds.Pods;

    /// <summary>The definition; the slow way to ask, the selector index is the fast one.</summary>
    /// <param name="pod">A pod.</param>
    /// <param name="home">Its namespace; null when that is not known, and then only a scope by name holds it.</param>
    /// <param name="account">Its service account; null when that is not known.</param>
    public bool Matches(PodView pod, NamespaceView? home, ServiceAccountView? account = null) =>
        Kinds.HasFlag(EndpointKinds.Pods) && pod.IsSelectable && Scope.Matches(pod.Name.Namespace, home)
        && Pods.Matches(EndpointLabels.Of(pod, home, account));

    /// <summary>The same for a NetworkSet; a global one is in no namespace.</summary>
    public bool Matches(NetworkSetView set, NamespaceView? home) =>
        Kinds.HasFlag(EndpointKinds.NetworkSets) && Scope.Matches(set.Name.Namespace, home)
        && Pods.Matches(EndpointLabels.Of(set, home));

    /// <summary>The same for a host endpoint, which is in no namespace.</summary>
    public bool Matches(HostEndpointView host) =>
        Kinds.HasFlag(EndpointKinds.HostEndpoints) && Scope.Matches("", null)
        && Pods.Matches(host.Labels);

    /// <inheritdoc/>
    public override string ToString() => $"pods '{Pods}' in {Scope}";
}
