namespace Routing.Policy.Model;

/// <summary>The identity of a policy over all kinds.</summary>
public readonly record struct PolicyKey(PolicyKind Kind, NamespacedName Name) : IComparable<PolicyKey>
{
    /// <summary>A networking.k8s.io/v1 NetworkPolicy.</summary>
    public static PolicyKey NetworkPolicy(string @namespace, string name) =>
        new(PolicyKind.NetworkPolicy, new NamespacedName(@namespace, name));

    /// <summary>A cluster-wide policy.</summary>
    public static PolicyKey ClusterWide(PolicyKind kind, string name) => new(kind, new NamespacedName("", name));

    /// <inheritdoc/>
    public int CompareTo(PolicyKey other)
    {
        var byKind = Kind.CompareTo(other.Kind);
        return byKind != 0 ? byKind : Name.CompareTo(other.Name);
    }

    /// <summary>"NetworkPolicy namespace/name", "AdminNetworkPolicy name".</summary>
    public override string ToString() => Name.Namespace.Length == 0 ? $"{Kind} {Name.Name}" : $"{Kind} {Name}";
}
