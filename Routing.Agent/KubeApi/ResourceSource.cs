using System.Reflection;
using k8s.Models;

namespace Routing.Agent.KubeApi;

/// <summary>Where an API server has a kind.</summary>
/// <param name="ApiVersion">"v1", "networking.k8s.io/v1".</param>
/// <param name="Plural">"networkpolicies".</param>
/// <param name="Definition">The CustomResourceDefinition without which the kind is not asked for; null for one that is always
/// there.</param>
public sealed record ResourceSource(string ApiVersion, string Plural, string? Definition)
{
    /// <summary>Path of the object whose spec.datastoreReady says that what is here is complete. Without its word the source does
    /// not count while a later one is defined too. Null for one that always counts.</summary>
    public string? ReadyPath { get; init; }

    /// <summary>True when the definition is that of the kind itself.</summary>
    public bool IsDefined => Definition is not null && Definition.StartsWith($"{Plural}.", StringComparison.Ordinal);

    /// <summary>What the <see cref="KubernetesEntityAttribute"/> says that every model of KubernetesClient carries and that our own
    /// kinds carry too; or another group with the same plural name.</summary>
    /// <exception cref="ArgumentException">The type has no such attribute with a plural name.</exception>
    public static ResourceSource Of(Type kind, string? apiVersion = null, string? definition = null)
    {
        var entity = kind.GetCustomAttribute<KubernetesEntityAttribute>();
        if (entity is null || string.IsNullOrEmpty(entity.PluralName))
        {
            throw new ArgumentException($"{kind} needs a KubernetesEntity attribute with its plural name", nameof(kind));
        }

        apiVersion ??= string.IsNullOrEmpty(entity.Group) ? entity.ApiVersion : $"{entity.Group}/{entity.ApiVersion}";
        return new ResourceSource(apiVersion, entity.PluralName, definition);
    }
}
