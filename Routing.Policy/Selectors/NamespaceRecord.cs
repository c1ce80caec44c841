using Routing.Policy.Model;

namespace Routing.Policy.Selectors;

/// <summary>A namespace in the <see cref="SelectorIndex"/>: known by itself or by its pods.</summary>
internal sealed class NamespaceRecord(string name)
{
    public string Name { get; } = name;

    /// <summary>Its labels; null as long as only pods have named it.</summary>
    public NamespaceView? View { get; set; }

    /// <summary>The pods in it.</summary>
    public HashSet<PodRecord> Pods { get; } = [];

    /// <summary>The scopes that it is in.</summary>
    public HashSet<ScopeRecord> Scopes { get; } = [];
}
