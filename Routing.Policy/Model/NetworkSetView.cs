namespace Routing.Policy.Model;

/// <summary>Calico's NetworkSet or GlobalNetworkSet: addresses with labels, so that selectors find them.</summary>
/// <param name="Name">Identity; the namespace of a global one is empty.</param>
/// <param name="Labels">Its labels.</param>
/// <param name="Nets">Its addresses.</param>
public sealed record NetworkSetView(NamespacedName Name, LabelSet Labels, EquatableArray<Cidr> Nets)
{
    /// <summary>There may be other addresses in it, which cannot be read.</summary>
    public bool IsIncomplete { get; init; }
}
