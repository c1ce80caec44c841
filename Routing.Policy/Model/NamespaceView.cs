namespace Routing.Policy.Model;

/// <summary>What policy needs to know of a namespace.</summary>
public sealed record NamespaceView(string Name, LabelSet Labels)
{
    /// <summary>The label that the API server puts on every namespace, its name as value.</summary>
    public const string NameLabel = "kubernetes.io/metadata.name";

    /// <summary>A namespace with the label every namespace has and no other.</summary>
    public static NamespaceView Bare(string name) => new(name, LabelSet.Empty.With(NameLabel, name));
}
