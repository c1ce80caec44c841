using System.Globalization;
using System.Text;

namespace Routing.Agent.KubeApi;

/// <summary>The URLs of a kind's collection.</summary>
internal sealed class ResourcePath
{
    private readonly string _collection;
    private readonly string _selectors;

    public ResourcePath(ResourceSource source, ResourceWatchOptions options)
    {
        var root = source.ApiVersion.Contains('/', StringComparison.Ordinal)
            ? $"apis/{source.ApiVersion}"
            : $"api/{source.ApiVersion}";
        var scope = options.Namespace is null ? "" : $"/namespaces/{Uri.EscapeDataString(options.Namespace)}";
        _collection = $"{root}{scope}/{source.Plural}";
        _selectors = Parameter("labelSelector", options.LabelSelector) + Parameter("fieldSelector", options.FieldSelector);
        Source = source;
        Name = source.Plural;
        Definition = $"apis/apiextensions.k8s.io/v1/customresourcedefinitions/{source.Definition}";
    }

    /// <summary>What it is the path of.</summary>
    public ResourceSource Source { get; }

    /// <summary>Plural name, for logs.</summary>
    public string Name { get; }

    /// <summary>The CustomResourceDefinition on which the source depends.</summary>
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
