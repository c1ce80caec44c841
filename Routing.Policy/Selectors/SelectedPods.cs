using Routing.Policy.Model;

namespace Routing.Policy.Selectors;

/// <summary>A selection and its members, kept true by the <see cref="SelectorIndex"/> and shared by all who asked for
/// the same selection.</summary>
internal sealed class SelectedPods(PodSelection selection)
{
    /// <summary>What is selected.</summary>
    public PodSelection Selection { get; } = selection;

    /// <summary>The pods it holds now. Only the index changes it.</summary>
    public SmallSet<PodRecord> Members { get; } = [];

    /// <summary>The network sets and host endpoints it holds now. Only the index changes it.</summary>
    public SmallSet<NetRecord> Nets { get; } = [];

    /// <summary>True when labels of namespaces decide who is a member, beside those of the scope.</summary>
    public bool SeesNamespaces { get; } = selection.Pods.Names(EndpointLabels.NamespacePrefix);

    /// <summary>True when labels of service accounts do.</summary>
    public bool SeesAccounts { get; } = selection.Pods.Names(EndpointLabels.AccountPrefix);

    /// <summary>How many asked for it and have not let go.</summary>
    public int References { get; set; }
}
