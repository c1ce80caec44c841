namespace Routing.Policy.Model;

/// <summary>What policy needs to know of a node: a node may always reach its own pods.</summary>
public sealed record NodeView(string Name, EquatableArray<Address> Addresses)
{
    /// <summary>Its labels, by which cluster-wide policies name nodes as peers.</summary>
    public LabelSet Labels { get; init; } = LabelSet.Empty;
}
