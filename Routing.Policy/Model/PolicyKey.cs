namespace Routing.Policy.Model;

/// <summary>The identity of a policy over all kinds.</summary>
public readonly record struct PolicyKey(PolicyKind Kind, NamespacedName Name) : IComparable<PolicyKey>, ISpanFormattable
{
    /// <summary>A networking.k8s.io/v1 NetworkPolicy.</summary>
    public static PolicyKey NetworkPolicy(string @namespace, string name) =>
        new(PolicyKind.NetworkPolicy, new NamespacedName(@namespace, name));

    /// <summary>A cluster-wide policy.</summary>
    public static PolicyKey ClusterWide(PolicyKind kind, string name) => new(kind, new NamespacedName("", name));

    /// <summary>True for one that people may call so: by its name, in whatever namespace, or as "namespace/name".</summary>
    public bool IsCalled(string name) => name == Name.Name || (Name.Namespace.Length > 0 && name == $"{Name}");

    /// <summary>The order in which policies of one tier and one order are asked, which is Calico's: by
    /// "name/namespace/kind".</summary>
    public int CompareTo(PolicyKey other)
    {
        var byName = Compare(Name.Name, other.Name.Name);
        if (byName != 0)
        {
            return byName;
        }

        var byNamespace = Compare(Name.Namespace, other.Name.Namespace);
        return byNamespace != 0 ? byNamespace : Kind.CompareTo(other.Kind);
    }

    /// <summary>"NetworkPolicy namespace/name", "AdminNetworkPolicy name".</summary>
    public override string ToString() => Name.Namespace.Length == 0 ? $"{Kind} {Name.Name}" : $"{Kind} {Name}";

    /// <inheritdoc/>
    public string ToString(string? format, IFormatProvider? formatProvider) => ToString();

    /// <inheritdoc/>
    public bool TryFormat(Span<char> destination, out int charsWritten, ReadOnlySpan<char> format, IFormatProvider? provider) =>
        Name.Namespace.Length == 0
            ? destination.TryWrite($"{Kind} {Name.Name}", out charsWritten)
            : destination.TryWrite($"{Kind} {Name}", out charsWritten);

    /// <summary>As if each text ended with a slash, which sorts after '-' and '.'.</summary>
    private static int Compare(string one, string other)
    {
        var common = one.AsSpan().CommonPrefixLength(other);
        return (common < one.Length ? one[common] : '/') - (common < other.Length ? other[common] : '/');
    }
}
