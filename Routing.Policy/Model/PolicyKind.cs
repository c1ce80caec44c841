namespace Routing.Policy.Model;

/// <summary>The kinds of object that become a <see cref="PolicySpec"/>.</summary>
public enum PolicyKind
{
    /// <summary>networking.k8s.io/v1 NetworkPolicy.</summary>
    NetworkPolicy,
}
