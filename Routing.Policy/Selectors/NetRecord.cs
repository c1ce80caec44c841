using Routing.Policy.Model;

namespace Routing.Policy.Selectors;

/// <summary>Addresses with labels that are no pod in the <see cref="SelectorIndex"/>: a network set, what cannot
/// be read of one, or a host endpoint.</summary>
internal sealed class NetRecord(EndpointKinds kind, NamespacedName name)
{
    /// <summary>Which of these.</summary>
    public EndpointKinds Kind { get; } = kind;

    /// <summary>Identity; the namespace of what is in none is empty.</summary>
    public NamespacedName Name { get; } = name;

    /// <summary>As it is now; the index replaces both.</summary>
    public LabelSet Labels { get; set; } = LabelSet.Empty;

    /// <summary>What is meant by it.</summary>
    public EquatableArray<Cidr> Nets { get; set; }

    /// <summary>The registered selections that it is a member of.</summary>
    public SmallSet<SelectedPods> Selections { get; } = [];

    /// <summary>What selectors see of it.</summary>
    public EndpointLabels Seen(NamespaceView? home) => Kind == EndpointKinds.HostEndpoints
        ? Labels
        : EndpointLabels.Of(new NetworkSetView(Name, Labels, Nets), home);
}
