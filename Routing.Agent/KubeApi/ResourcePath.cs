using System.Globalization;
using System.Reflection;
using System.Text;
using k8s.Models;

namespace Routing.Agent.KubeApi;

/// <summary>The URL of a kind's collection, taken from the <see cref="KubernetesEntityAttribute"/> that every model of
/// KubernetesClient carries and that our own kinds carry too.</summary>
internal sealed class ResourcePath
{
    private readonly string _collection;
    private readonly string _selectors;

    /// <exception cref="ArgumentException">The type has no <see cref="KubernetesEntityAttribute"/> with a plural name.</exception>
    public ResourcePath(Type kind, ResourceWatchOptions options)
    {
        var entity = kind.GetCustomAttribute<KubernetesEntityAttribute>();
        if (entity is null || string.IsNullOrEmpty(entity.PluralName))
        {
            throw new ArgumentException($"{kind} needs a KubernetesEntity attribute with its plural name", nameof(kind));
        }

        var root = string.IsNullOrEmpty(entity.Group)
            ? $"api/{entity.ApiVersion}"
            : $"apis/{entity.Group}/{entity.ApiVersion}";
        var scope = options.Namespace is null ? "" : $"/namespaces/{Uri.EscapeDataString(options.Namespace)}";
        _collection = $"{root}{scope}/{entity.PluralName}";
        _selectors = Parameter("labelSelector", options.LabelSelector) + Parameter("fieldSelector", options.FieldSelector);
        Name = entity.PluralName;
        Definition = $"apis/apiextensions.k8s.io/v1/customresourcedefinitions/{entity.PluralName}.{entity.Group}";
    }

    /// <summary>Plural name, for logs.</summary>
    public string Name { get; }

    /// <summary>The CustomResourceDefinition of the kind.</summary>
    public string Definition { get; }

    /// <summary>One page of the list; the first page carries no token.</summary>
    public string List(int limit, string? continueToken) =>
        $"{_collection}?limit={limit.ToString(CultureInfo.InvariantCulture)}{_selectors}{Parameter("continue", continueToken)}";

    /// <summary>A watch that continues after <paramref name="resourceVersion"/>.</summary>
    public string Watch(string resourceVersion, TimeSpan timeout)
    {
        var seconds = ((int)timeout.TotalSeconds).ToString(CultureInfo.InvariantCulture);
        return $"{_collection}?watch=true&allowWatchBookmarks=true&timeoutSeconds={seconds}{_selectors}"
            + Parameter("resourceVersion", resourceVersion);
    }

    private static string Parameter(string name, string? value) =>
        string.IsNullOrEmpty(value)
            ? ""
            : new StringBuilder("&").Append(name).Append('=').Append(Uri.EscapeDataString(value)).ToString();
}
